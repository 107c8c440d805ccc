/** What the keyboard does now. Each view adds its keys while it is shown; the sheet behind `?` lists them. */
export interface Key {
  /** As in KeyboardEvent.key, with `shift+` before it where that matters: ' ', 'ArrowRight', 'shift+ArrowRight'. */
  key: string;
  /** How the sheet calls it, where the key's name would not do. */
  shown?: string;
  does: string;
  run: () => void;
}

interface Group {
  name: string;
  keys: Key[];
}

class Keys {
  groups: Group[] = $state.raw([]);
  /** The same without reactivity: an effect that ends reads state as it was before, and would lose who came meanwhile. */
  private all: Group[] = [];

  constructor() {
    addEventListener('keydown', (event) => this.handle(event));
  }

  /** Call in a component's start: the keys go with the component. Later groups win. */
  add(name: string, keys: () => Key[]): void {
    $effect(() => {
      const group: Group = { name, keys: keys() };
      this.all = [...this.all, group];
      this.groups = this.all;
      return () => {
        this.all = this.all.filter((other) => other !== group);
        this.groups = this.all;
      };
    });
  }

  private handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    const typing = target?.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]');
    if (typing && event.key !== 'Escape') return;
    if (event.key === ' ' && target?.closest('button, a, summary, [role=button]')) return;
    if (event.key === 'Enter' && target?.closest('button, a, summary')) return;
    if (event.key.startsWith('Arrow') && target?.closest('input, [role=application], [role=tablist]')) return;
    const name = (event.shiftKey && event.key.length > 1 ? 'shift+' : '') + event.key;
    for (const group of [...this.groups].reverse()) {
      const found = group.keys.find((key) => key.key === name || (key.key.length === 1 && key.key === event.key.toLowerCase()));
      if (!found) continue;
      event.preventDefault();
      found.run();
      return;
    }
  }
}


export const keys = new Keys();

const kNames: Record<string, string> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  'shift+ArrowLeft': 'Shift ←',
  'shift+ArrowRight': 'Shift →',
  Escape: 'Esc',
};

export function nameOf(key: Key): string {
  return key.shown ?? kNames[key.key] ?? (key.key.length === 1 ? key.key.toUpperCase() : key.key);
}
