/** Where the page is. Everything that a view shows is in its address, so that the address can be shared. */
class Router {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));

  constructor() {
    addEventListener('popstate', () => this.read());
    document.addEventListener('click', (event) => this.follow(event));
  }

  go(href: string, options: { replace?: boolean } = {}): void {
    if (options.replace) history.replaceState(null, '', href);
    else history.pushState(null, '', href);
    const before = this.path;
    this.read();
    if (before !== this.path) scrollTo(0, 0);
  }

  /** Changes parts of the query; null takes one away. */
  set(parts: Record<string, string | number | null>, options: { push?: boolean } = {}): void {
    this.go(this.with(parts), { replace: !options.push });
  }

  /** Gives a part that may come several times all of its values; empty ones are left out. */
  setAll(name: string, values: readonly string[]): void {
    const query = new URLSearchParams(this.query);
    query.delete(name);
    for (const value of values) if (value !== '') query.append(name, value);
    const text = query.toString();
    this.go(text === '' ? this.path : `${this.path}?${text}`, { replace: true });
  }

  /** The present address with other parts in its query. */
  with(parts: Record<string, string | number | null>): string {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(parts)) {
      if (value === null || value === '') query.delete(name);
      else query.set(name, String(value));
    }
    const text = query.toString();
    return text === '' ? this.path : `${this.path}?${text}`;
  }

  private read(): void {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

export const router = new Router();
