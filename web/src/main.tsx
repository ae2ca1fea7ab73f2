import { render } from 'preact';
import { App } from './app/App';
import { startKeys } from './app/keys';
import { startTheme } from './app/theme';
import { startLive } from './state/live';
import { loadSession } from './state/session';
import './ui/tokens.css';
import './ui/base.css';
import './ui/ui.css';
import './app/app.css';

startTheme();
startKeys();
void loadSession();
startLive();
render(<App />, document.getElementById('app')!);
