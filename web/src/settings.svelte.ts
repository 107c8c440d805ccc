export type Theme = 'system' | 'light' | 'dark';
export type Density = 'verbose' | 'simple' | 'name';

interface Kept {
  theme: Theme;
  density: Density;
  /** Side of a square in px; 0 chooses one that shows every row. */
  block: number;
  provider: boolean;
  bench: boolean;
  speed: number;
  load: boolean;
  /** Squares as the suite names its cases, not as they were asked. */
  suiteOrder: boolean;
}

const kDefaults: Kept = { theme: 'system', density: 'verbose', block: 0, provider: false, bench: false, speed: 1, load: false, suiteOrder: false };
const kKey = 'assay.settings';

function stored(): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(kKey) ?? '{}');
    const kept: Kept = { ...kDefaults };
    for (const name of Object.keys(kDefaults) as (keyof Kept)[]) {
      const value = (found as Partial<Kept>)[name];
      if (typeof value === typeof kDefaults[name]) Object.assign(kept, { [name]: value });
    }
    return kept;
  } catch {
    return { ...kDefaults };
  }
}

/** What the reader set, kept in this browser. Where storage is forbidden it lasts as long as the page. */
export const settings: Kept = $state(stored());

export function keepSettings(): void {
  $effect(() => {
    const text = JSON.stringify(settings);
    try {
      localStorage.setItem(kKey, text);
    } catch {
      // Private windows may refuse: the settings then end with the page.
    }
  });
  $effect(() => {
    if (settings.theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = settings.theme;
  });
}
