import type { Density } from '../settings.svelte';

interface FromReport {
  block?: number;
  density?: Density;
  speed?: number;
  bench?: boolean;
  provider?: boolean;
}

const kDensities: Record<string, Density> = { verbose: 'verbose', simple: 'simple', hide: 'name', name: 'name' };

/**
 * What of a report's page settings this page has too. Names are compared without case and signs (`blockScale`,
 * `block_scale`); anything else, or of another kind, is left alone.
 */
export function fromReport(given: Record<string, unknown>): FromReport {
  const values = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase().replace(/[^a-z]/g, ''), value]));
  const first = (names: string[], kind: 'number' | 'boolean' | 'string'): unknown => names.map((name) => values.get(name)).find((value) => typeof value === kind);
  const found: FromReport = {};
  const block = first(['blockscale', 'blocksize', 'block'], 'number') as number | undefined;
  const speed = first(['speed'], 'number') as number | undefined;
  const density = kDensities[String(first(['modelstats', 'density'], 'string') ?? '').toLowerCase()];
  const bench = first(['benchmode', 'bench'], 'boolean') as boolean | undefined;
  const provider = first(['showprovider', 'provider'], 'boolean') as boolean | undefined;
  if (block !== undefined && Number.isFinite(block)) found.block = Math.min(Math.max(block, 5), 150);
  if (speed !== undefined && Number.isFinite(speed)) found.speed = Math.min(Math.max(speed, 0.25), 50);
  if (density) found.density = density;
  if (bench !== undefined) found.bench = bench;
  if (provider !== undefined) found.provider = provider;
  return found;
}
