import { Component, type ComponentChildren } from 'preact';

/** Keeps a fault of one page from taking the rest of the client down. */
export class Boundary extends Component<{ children: ComponentChildren; resetOn: string }, { error: Error | null; at: string }> {
  override state = { error: null as Error | null, at: '' };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error: error instanceof Error ? error : new Error(String(error)), at: this.props.resetOn });
  }

  render() {
    const { error, at } = this.state;
    if (error === null || at !== this.props.resetOn) {
      return this.props.children;
    }

    const isOldClient = /dynamically imported module|Importing a module script failed|Failed to fetch/i.test(error.message);
    return (
      <main class="page" id="main">
        <div class="notice is-bad" role="alert">
          <div>
            <h1>{isOldClient ? 'This page could not be loaded' : 'This page failed'}</h1>
            <p>{isOldClient ? 'The server is away, or has been updated since this tab was opened.' : error.message}</p>
          </div>
          <div class="notice-actions"><button type="button" class="button" onClick={() => location.reload()}>Load again</button></div>
        </div>
      </main>
    );
  }
}
