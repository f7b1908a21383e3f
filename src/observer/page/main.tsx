import { render } from 'preact';

render(<p>Observer</p>, document.getElementById('observer')!);
