import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { usePreferences } from '../state/preferences';
import { Link } from '../state/url';
import { classes, Dialog, StatusMark } from '../ui';
import { useKeyActions } from './keys';

const shown: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', 'Shift+ArrowLeft': '⇧ ←', 'Shift+ArrowRight': '⇧ →', Space: 'space' };

export function Help({ onClose }: { onClose(): void }): JSX.Element {
  const [preferences, change] = usePreferences();
  const actions = useKeyActions();
  const groups = [...new Set(actions.map(a => a.group))];
  return (
    <Dialog title="Help" onClose={onClose} wide>
      <div class="help-groups">
        {groups.map(group => (
          <section key={group}>
            <h3>{group}</h3>
            <dl class="help-keys">
              {actions.filter(a => a.group === group).map(a => (
                <Fragment key={a.keys + a.does}>
                  <dt>{a.keys.split(' ').map((k, i) => <Fragment key={k}>{i > 0 && ' then '}<kbd>{shown[k] ?? (k.length === 1 ? k : k)}</kbd></Fragment>)}</dt>
                  <dd>{a.does}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>States of a signal</h3>
          <dl class="help-keys">
            {classes.map(c => <Fragment key={c.name}><dt><StatusMark state={c.name} words /></dt><dd>{c.explains}</dd></Fragment>)}
          </dl>
        </section>
      </div>
      <label class="check">
        <input type="checkbox" checked={preferences.singleKeys} onChange={e => change({ singleKeys: e.currentTarget.checked })} />
        Shortcuts of single keys are on
      </label>
      <label class="field is-inline">
        <span>Theme</span>
        <select class="input" value={preferences.theme} onChange={e => change({ theme: e.currentTarget.value as 'system' | 'light' | 'dark' })}>
          <option value="system">as the system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      <p>
        The address of every view holds all of it: copy it to share what you see. How each number is made stands in <Link href="/measures" onClick={onClose}>Measures</Link>.
        For a control room there is the <Link href="/wall" onClick={onClose}>wall view</Link>.
      </p>
    </Dialog>
  );
}
