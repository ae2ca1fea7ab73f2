import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signInAddress } from '../api/client';
import { pages } from '../pages';
import { useCity, useConnection, useFindingsCount, useNow } from '../state/live';
import { usePreferences } from '../state/preferences';
import { useSession } from '../state/session';
import { Link, usePlace } from '../state/url';
import { clockSecondsOf, lengthOf } from '../state/zone';
import { Badge, Button, Icon } from '../ui';
import { preload } from './Router';
import { useTheme } from './theme';

export function Header({ onSearch, onHelp }: { onSearch(): void; onHelp(): void }): JSX.Element {
  const city = useCity();
  const session = useSession();
  const place = usePlace();
  const [isOpen, setOpen] = useState(false);
  const [, change] = usePreferences();
  const theme = useTheme();
  const findings = useFindingsCount();
  const shown = pages.filter(p => p.nav && (p.nav.role === undefined || session.roles.includes(p.nav.role)));
  useEffect(() => setOpen(false), [place.path]);

  const item = (page: (typeof shown)[number]) => (
    <li key={page.path}>
      <Link href={page.path} marksCurrent onPointerEnter={() => preload(page.path)}>
        {page.nav!.label}
        {page.path === '/findings' && findings !== null && findings > 0 && <span class="count">{findings}<span class="visually-hidden"> open</span></span>}
      </Link>
    </li>
  );

  return (
    <header class="header no-print">
      <Link href="/" class="brand">
        <Logo />
        <span class="brand-name">Crosstown</span>
        {city?.name && <span class="brand-city">{city.name}</span>}
      </Link>
      {session.isTown && <Badge tone="info" title="Streets, signals and traffic are simulated; nobody drives here.">made-up town</Badge>}
      <nav class={`nav${isOpen ? ' is-open' : ''}`} aria-label="Pages" id="nav">
        <ul class="nav-first">{shown.filter(p => p.nav!.among === 'first').map(item)}</ul>
        {shown.some(p => p.nav!.among === 'more') && <More current={shown.find(p => p.nav!.among === 'more' && place.path.startsWith(p.path))?.nav?.label}>{shown.filter(p => p.nav!.among === 'more').map(item)}</More>}
      </nav>
      <div class="header-tools">
        <ConnectionState zone={city?.zone ?? null} />
        <Button kind="quiet" icon="search" onClick={onSearch} class="search-button" label="Search signals, streets and pages (/)" aria-keyshortcuts="/">
          <span class="search-word">Search</span><kbd aria-hidden="true">/</kbd>
        </Button>
        <Button kind="quiet" icon={theme === 'dark' ? 'sun' : 'moon'} label={theme === 'dark' ? 'Light theme' : 'Dark theme'} onClick={() => change({ theme: theme === 'dark' ? 'light' : 'dark' })} />
        <Button kind="quiet" icon="help" label="Help and keys (?)" onClick={onHelp} />
        {session.isKnown && (session.name !== null || session.roles.length > 0
          ? session.name !== null && <span class="who" title={session.roles.join(', ')}>{session.name}</span>
          : <a class="button" href={signInAddress()}>Sign in</a>)}
        <Button kind="quiet" icon={isOpen ? 'close' : 'menu'} label={isOpen ? 'Close the menu' : 'Menu'} class="menu-button" aria-expanded={isOpen} aria-controls="nav" onClick={() => setOpen(!isOpen)} />
      </div>
    </header>
  );
}

function More({ children, current }: { children: JSX.Element[]; current: string | undefined }): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  const { path } = usePlace();
  useEffect(() => {
    const close = (event: Event) => {
      if (details.current?.open && (event instanceof KeyboardEvent ? event.key === 'Escape' : !details.current.contains(event.target as Node))) {
        details.current.open = false;
        if (event instanceof KeyboardEvent) {
          details.current.querySelector('summary')?.focus();
        }
      }
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
  useEffect(() => {
    if (details.current) {
      details.current.open = false;
    }
  }, [path]);
  return (
    <details class="more" ref={details}>
      <summary class={current ? 'is-current' : ''}>{current ?? 'More'}<Icon name="down" size={12} /></summary>
      <ul>{children}</ul>
    </details>
  );
}

/** Whether the server is heard, its clock, and how old what is shown is when it is not. */
export function ConnectionState({ zone }: { zone: string | null }): JSX.Element {
  const { state, heardMs } = useConnection();
  const now = useNow();
  if (state === 'live') {
    return <span class="connection is-live" title="The server is heard; this is its clock"><i />{zone ? clockSecondsOf(now, zone) : 'Live'}</span>;
  }

  return (
    <span class={`connection ${state === 'lost' ? 'is-lost' : ''}`} role="status">
      {state === 'lost' && <Icon name="warning" />}
      {state === 'connecting' ? 'Connecting…' : `Connection lost · data ${lengthOf(Date.now() - (heardMs ?? Date.now()))} old`}
    </span>
  );
}

function Logo(): JSX.Element {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path d="M11 1v20M1 11h20" stroke="var(--line-strong)" stroke-width="5" />
      <path d="M11 1v20M1 11h20" stroke="var(--surface)" stroke-width="1" stroke-dasharray="2 2" />
      <circle cx="11" cy="11" r="4.5" fill="var(--class-healthy)" stroke="var(--class-edge)" stroke-width="1.2" />
    </svg>
  );
}
