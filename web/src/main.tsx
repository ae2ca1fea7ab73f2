import { render } from 'preact';

render(<p>Crosstown</p>, document.getElementById('app')!);
