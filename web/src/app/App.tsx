import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { openQuestion } from '../api/reason';
import { usePreferences } from '../state/preferences';
import { useStore } from '../state/store';
import { navigate, usePlace, useRoute } from '../state/url';
import { useSignals } from '../state/live';
import { Header } from './Header';
import { Help } from './Help';
import { useKeys } from './keys';
import { neighborOf, Palette } from './Palette';
import { ReasonDialog } from './ReasonDialog';
import { Router } from './Router';

export function App(): JSX.Element {
  const [open, setOpen] = useState<'search' | 'help' | null>(null);
  const isAsking = useStore(openQuestion) !== null;
  const [, change] = usePreferences();
  const { path, search } = usePlace();
  const { params } = useRoute();
  const signals = useSignals();
  const go = (by: 1 | -1) => {
    const next = neighborOf(signals, path.startsWith('/signals/') ? params['id'] : undefined, by);
    if (next) {
      const rest = path.startsWith('/signals/') ? path.split('/').slice(3).join('/') : '';
      const time = new URLSearchParams(search).get('t');
      navigate(`/signals/${encodeURIComponent(next)}${rest === '' ? '' : '/' + rest}${time && path.startsWith('/signals/') ? search : ''}`);
    }
  };

  useKeys([
    { keys: '/', does: 'Search a signal by number or street', group: 'Go to', run: () => setOpen('search') },
    { keys: 'g m', does: 'Map', group: 'Go to', run: () => navigate('/') },
    { keys: 'g a', does: 'Findings (alerts)', group: 'Go to', run: () => navigate('/findings') },
    { keys: 'g s', does: 'Signals', group: 'Go to', run: () => navigate('/signals') },
    { keys: 'g r', does: 'Rankings', group: 'Go to', run: () => navigate('/rankings') },
    { keys: 'g t', does: 'Retiming', group: 'Go to', run: () => navigate('/retiming') },
    { keys: 'g w', does: 'Wall', group: 'Go to', run: () => navigate('/wall') },
    { keys: '[', does: 'Previous signal', group: 'Go to', run: () => go(-1) },
    { keys: ']', does: 'Next signal', group: 'Go to', run: () => go(1) },
    { keys: '?', does: 'This help', group: 'Everywhere', run: () => setOpen('help') },
    { keys: 'd', does: 'Light or dark', group: 'Everywhere', run: () => change({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' }) },
  ]);

  return (
    <>
      <a class="skip" href="#main" onClick={event => {
        event.preventDefault();
        const main = document.getElementById('main');
        main?.setAttribute('tabindex', '-1');
        main?.focus();
      }}>Skip to the content</a>
      {path !== '/wall' && <Header onSearch={() => setOpen('search')} onHelp={() => setOpen('help')} />}
      <Router />
      {open === 'search' && <Palette onClose={() => setOpen(null)} />}
      {open === 'help' && <Help onClose={() => setOpen(null)} />}
      {isAsking && <ReasonDialog />}
    </>
  );
}
