import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { getJson, sendJson } from '../../api/client';
import { useCity } from '../../state/live';
import { useLoad } from '../../state/load';
import { momentOf } from '../../state/zone';
import { Badge, Button, DataTable, Dialog, Empty, Failure, Field, Panel, type TableColumn } from '../../ui';
import '../configuration/configuration.css';

interface Account {
  name: string;
  origin: string;
  roles: string[];
  isDisabled: boolean;
  isResting: boolean;
  hasSecondFactor: boolean;
  mustChangePassword: boolean;
  createdMs: number;
  lastSignInMs: number | null;
}

interface SourceToken {
  name: string;
  createdMs: number;
  createdBy: string;
  lastUsedMs: number | null;
  revokedMs: number | null;
}

const roles: readonly [string, string][] = [
  ['view', 'sees measures, findings and configuration'],
  ['operate', 'also sees raw events for a reason, changes configuration, imports, snoozes'],
  ['approve', 'also approves what another person proposed'],
  ['admin', 'keeps accounts, sources and retention; sees what view sees'],
];

type Asked = { kind: 'add' } | { kind: 'roles' | 'reset'; account: Account };

/** Who may do what, and which programs may send logs. */
export default function PeoplePage(): JSX.Element {
  const zone = useCity()?.zone ?? 'UTC';
  const loaded = useLoad('people', signal => getJson<{ items: Account[] }>('/people', { signal }));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const change = (account: Account, what: 'disable' | 'enable') => {
    setError(null);
    sendJson('POST', `/people/${encodeURIComponent(account.name)}/${what}`).then(loaded.reload, setError);
  };
  const columns: TableColumn<Account>[] = [
    { key: 'name', title: 'Account', isHead: true, value: a => a.name },
    { key: 'roles', title: 'Roles', value: a => a.roles.join(', ') },
    { key: 'state', title: 'State', value: a => (a.isDisabled ? 'disabled' : a.isResting ? 'resting' : 'active'), cell: a => (a.isDisabled ? <Badge tone="bad">disabled</Badge> : a.isResting ? <Badge tone="warn">rests after wrong attempts</Badge> : a.mustChangePassword ? <Badge>new password due</Badge> : 'active') },
    { key: 'second', title: 'Second factor', value: a => a.hasSecondFactor },
    { key: 'origin', title: 'Signs in by', value: a => (a.origin === 'local' ? 'password' : a.origin) },
    { key: 'last', title: 'Last sign-in', value: a => a.lastSignInMs, cell: a => (a.lastSignInMs === null ? <span class="missing">never</span> : momentOf(a.lastSignInMs, zone)) },
    {
      key: 'do', title: 'Change', sortable: false, value: () => null, cell: a => (
        <span class="desk-row">
          <Button onClick={() => setAsked({ kind: 'roles', account: a })}>Roles…</Button>
          {a.origin === 'local' && <Button onClick={() => setAsked({ kind: 'reset', account: a })}>New password…</Button>}
          <Button onClick={() => change(a, a.isDisabled ? 'enable' : 'disable')}>{a.isDisabled ? 'Enable' : 'Disable'}</Button>
        </span>
      ),
    },
  ];
  return (
    <main class="page" id="main">
      <div class="page-head"><h1>People</h1><p>Accounts of staff, and what each may do. Residents need none.</p></div>
      {error && <Failure error={error} />}
      <Panel title="Accounts" loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload} flush actions={<Button kind="main" icon="plus" onClick={() => setAsked({ kind: 'add' })}>Add…</Button>}>
        {loaded.data && <DataTable columns={columns} rows={loaded.data.items} caption="Accounts" rowKey={a => a.name} empty={<Empty title="No accounts yet">Whoever opens the made-up town acts as its staff; a city adds its own.</Empty>} />}
      </Panel>
      <Tokens zone={zone} />
      {asked && <AccountDialog asked={asked} onClose={() => setAsked(null)} onDone={() => {
        setAsked(null);
        loaded.reload();
      }} />}
    </main>
  );
}

function AccountDialog({ asked, onClose, onDone }: { asked: Asked; onClose(): void; onDone(): void }): JSX.Element {
  const account = asked.kind === 'add' ? null : asked.account;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [chosen, setChosen] = useState<string[]>(account?.roles ?? ['view']);
  const [error, setError] = useState<Error | null>(null);
  const asksRoles = asked.kind !== 'reset';
  const asksPassword = asked.kind !== 'roles';
  const send = (event: Event) => {
    event.preventDefault();
    setError(null);
    const path = account ? `/people/${encodeURIComponent(account.name)}` : '/people';
    (asked.kind === 'add' ? sendJson('POST', path, { name, roles: chosen, password })
      : asked.kind === 'roles' ? sendJson('PUT', `${path}/roles`, { roles: chosen })
        : sendJson('POST', `${path}/reset`, { password })).then(onDone, setError);
  };
  return (
    <Dialog
      title={asked.kind === 'add' ? 'Add an account' : asked.kind === 'roles' ? `Roles of ${account!.name}` : `New password for ${account!.name}`} onClose={onClose}
      foot={<><Button onClick={onClose}>Cancel</Button><Button kind="main" type="submit" form="account-form" disabled={(asked.kind === 'add' && name === '') || (asksPassword && password === '') || (asksRoles && chosen.length === 0)}>{asked.kind === 'add' ? 'Add' : 'Save'}</Button></>}
    >
      <form id="account-form" onSubmit={send}>
        {asked.kind === 'add' && <Field id="account-name" label="Name" hint="As it stands in the audit">{ties => <input {...ties} class="input" autocomplete="off" value={name} onInput={e => setName(e.currentTarget.value)} />}</Field>}
        {asksPassword && <Field id="account-password" label="First password" hint="12 characters or more; to be changed at the first sign-in">{ties => <input {...ties} class="input" type="password" autocomplete="new-password" value={password} onInput={e => setPassword(e.currentTarget.value)} />}</Field>}
        {asksRoles && (
          <fieldset class="choices">
            <legend class="field-label">Roles</legend>
            {roles.map(([role, explains]) => (
              <label key={role} class="choice">
                <input type="checkbox" checked={chosen.includes(role)} onChange={e => setChosen(e.currentTarget.checked ? [...chosen, role] : chosen.filter(r => r !== role))} />
                <span><strong>{role}</strong><span class="muted">{explains}</span></span>
              </label>
            ))}
          </fieldset>
        )}
        {error && <Failure error={error} />}
      </form>
    </Dialog>
  );
}

function Tokens({ zone }: { zone: string }): JSX.Element {
  const loaded = useLoad('source tokens', signal => getJson<{ items: SourceToken[] }>('/source-tokens', { signal }));
  const [name, setName] = useState('');
  const [made, setMade] = useState<{ name: string; token: string } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const add = (event: Event) => {
    event.preventDefault();
    setError(null);
    sendJson<{ name: string; token: string }>('POST', '/source-tokens', { name }).then(answer => {
      setMade(answer);
      setName('');
      loaded.reload();
    }, setError);
  };
  const columns: TableColumn<SourceToken>[] = [
    { key: 'name', title: 'Program', isHead: true, value: t => t.name },
    { key: 'made', title: 'Made', value: t => t.createdMs, cell: t => `${momentOf(t.createdMs, zone)} by ${t.createdBy}` },
    { key: 'used', title: 'Last used', value: t => t.lastUsedMs, cell: t => (t.lastUsedMs === null ? <span class="missing">never</span> : momentOf(t.lastUsedMs, zone)) },
    {
      key: 'do', title: 'Change', sortable: false, value: () => null, cell: t => (t.revokedMs !== null ? <span class="muted">revoked {momentOf(t.revokedMs, zone)}</span>
        : <Button onClick={() => void sendJson('DELETE', `/source-tokens/${encodeURIComponent(t.name)}`).then(loaded.reload, setError)}>Revoke</Button>),
    },
  ];
  return (
    <Panel title="Programs that send logs" subtitle="Each has a token of its own, good for nothing else" loading={loaded.isLoading} error={loaded.error} onRetry={loaded.reload} flush>
      {loaded.data && <DataTable columns={columns} rows={loaded.data.items} caption="Tokens of programs that send logs" rowKey={t => t.name} empty={<Empty title="No program sends logs yet" />} />}
      <form class="desk-body" onSubmit={add}>
        {error && <Failure error={error} />}
        {made && <p role="status">The token of {made.name}, shown this once: <code>{made.token}</code></p>}
        <div class="desk-row">
          <Field id="token-name" label="Name of a program" inline>{ties => <input {...ties} class="input" autocomplete="off" value={name} onInput={e => setName(e.currentTarget.value)} />}</Field>
          <Button type="submit" disabled={name === ''}>Make a token</Button>
        </div>
      </form>
    </Panel>
  );
}
