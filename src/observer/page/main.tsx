import { render } from 'preact';
import { App } from './app.tsx';
import { connect } from './connection.ts';
import { createStore } from './state/store.ts';
import { StoreContext } from './state/use-store.ts';
import { keepWatching } from './watching.ts';
import './style.css';

// A hidden page has no frames: what it hears is kept, and shown when it is seen again.
const store = createStore({ schedule: (run) => void requestAnimationFrame(run) });
keepWatching(store);
connect(store);

render(
  <StoreContext.Provider value={store}>
    <App />
  </StoreContext.Provider>,
  document.getElementById('observer')!,
);
