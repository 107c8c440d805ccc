import { api, Trouble, type About } from './api/client';

/** What serves this page, asked once. */
class AboutState {
  value: About | null = $state.raw(null);
  trouble: string | null = $state(null);

  async load(): Promise<void> {
    try {
      this.value = await api.about();
      this.trouble = null;
    } catch (error) {
      this.trouble = error instanceof Trouble ? error.message : String(error);
    }
  }

  get mayChange(): boolean {
    return this.value?.may_change ?? false;
  }
}

export const about = new AboutState();

/** "AMD EPYC, 2 cores, 8 GiB". */
export function machineText(machine: About['machine'] | null | undefined): string {
  if (!machine || machine.cpu === '') return '';
  const memory = machine.memory_bytes === null ? '' : `, ${Math.round(machine.memory_bytes / 2 ** 30)} GiB`;
  return `${machine.cpu.replace(/\((R|TM)\)| CPU| Processor|\d+-Core/g, '').replace(/\s+/g, ' ').trim()}, ${machine.cores} cores${memory}`;
}
