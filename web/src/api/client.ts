import type { components } from './types';

type Schemas = components['schemas'];
export type About = Schemas['About'];
export type RunEntry = Schemas['RunEntry'];
export type RunList = Schemas['RunList'];
export type RunDetail = Schemas['RunDetail'];
export type Run = Schemas['Run'];
export type Summary = Schemas['Summary'];
export type SummaryRow = Schemas['SummaryRow'];
export type Difference = Schemas['Difference'];
export type Note = Schemas['Note'];
export type Wall = Schemas['Wall'];
export type WallRow = Schemas['WallRow'];
export type WallModel = Schemas['WallModel'];
export type SamplePage = Schemas['SamplePage'];
export type SampleRow = Schemas['SampleRow'];
export type PromptTokens = Schemas['PromptTokens'];
export type SampleDetail = Schemas['SampleDetail'];
export type Sample = Schemas['Sample'];
export type Disagree = Schemas['Disagree'];
export type SuiteCheck = Schemas['SuiteCheck'];
export type Problem = Schemas['Problem'];
export type RunRequest = Schemas['RunRequest'];
export type Imported = Schemas['Imported'];
export type Comparison = Schemas['Comparison'];
export type BenchComparison = Schemas['BenchComparison'];
export type Bench = Schemas['Bench'];
export type BenchRow = Schemas['BenchRow'];
export type Comparisons = Schemas['Comparisons'];
export type Change = Schemas['Change'];
export type Trends = Schemas['Trends'];
export type Status = Schemas['Status'];
export type Verdict = Schemas['Verdict'];
export type EventProgress = Schemas['EventProgress'];
export type EventVerdict = Schemas['EventVerdict'];
export type EventLoad = Schemas['EventLoad'];
export type EventEnd = Schemas['EventEnd'];
export type BenchySettings = Schemas['BenchySettings'];

/** What the server refused, or that it cannot be reached. `message` is a sentence to show as it is. */
export class Trouble extends Error {
  /** `status` is 0 where there was no answer at all. */
  constructor(
    message: string,
    readonly status: number,
    readonly problems: Problem[] = [],
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | null | undefined>;

/** The address of a route; what is null, undefined or empty is left out. */
export function address(path: string, query: Query = {}): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') text.set(name, String(value));
  }
  const tail = text.toString();
  return tail === '' ? path : `${path}?${tail}`;
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Trouble('assay does not answer. Is `assay serve` still running?', 0);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as T;
  const said = (body as { error?: { message?: string; errors?: Problem[] } } | null)?.error;
  throw new Trouble(said?.message ?? `The answer to ${url} cannot be read (HTTP ${response.status}).`, response.status, said?.errors ?? []);
}

const id = encodeURIComponent;

function post<T>(url: string, type: string, body: BodyInit): Promise<T> {
  return ask<T>(url, { method: 'POST', headers: { 'content-type': type }, body });
}

export const api = {
  about: (): Promise<About> => ask('/api/about'),
  runs: (q: string, limit: number, before?: string | null, signal?: AbortSignal): Promise<RunList> =>
    ask(address('/api/runs', { q, limit, before }), signal ? { signal } : {}),
  /** `wait`: most milliseconds for a summary that is being made; without it the server's own. */
  run: (run: string, wait?: number): Promise<RunDetail> => ask(address(`/api/runs/${id(run)}`, { wait })),
  wall: (run: string, from: number, limit: number): Promise<Wall> => ask(address(`/api/runs/${id(run)}/wall`, { from, limit })),
  samples: (run: string, query: Query, signal?: AbortSignal): Promise<SamplePage> =>
    ask(address(`/api/runs/${id(run)}/samples`, query), signal ? { signal } : {}),
  sample: (run: string, sequence: number): Promise<SampleDetail> => ask(`/api/runs/${id(run)}/samples/${sequence}`),
  tokens: (run: string, sequence: number): Promise<PromptTokens> => ask(`/api/runs/${id(run)}/samples/${sequence}/tokens`),
  disagree: (run: string, after: number | null, limit: number): Promise<Disagree> =>
    ask(address(`/api/runs/${id(run)}/disagree`, { after, limit })),
  benchySettings: (run: string): Promise<BenchySettings> => ask(`/api/runs/${id(run)}/benchy-settings`),
  bench: (run: string): Promise<Bench> => ask(`/api/runs/${id(run)}/bench`),
  /** A against each of the others. */
  compare: (a: string, others: readonly string[]): Promise<Comparison | BenchComparison | Comparisons> =>
    ask(`/api/compare?${new URLSearchParams([['a', a], ...others.map((one): [string, string] => ['b', one])])}`),
  trends: (query: Query): Promise<Trends> => ask(address('/api/trends', query)),
  check: (yaml: string, models: string[], path?: string): Promise<SuiteCheck> => {
    const query = new URLSearchParams(models.map((model): [string, string] => ['model', model]));
    if (path) query.set('path', path);
    const tail = query.toString();
    return post(`/api/suites/check${tail ? `?${tail}` : ''}`, 'text/yaml', yaml);
  },
  start: (request: RunRequest): Promise<{ id: string }> => post('/api/runs', 'application/json', JSON.stringify(request)),
  cancel: (run: string): Promise<{ id: string }> => post(`/api/runs/${id(run)}/cancel`, 'application/json', '{}'),
  resume: (run: string): Promise<{ id: string }> => post(`/api/runs/${id(run)}/resume`, 'application/json', '{}'),
  importReport: (body: Blob | string, name: string): Promise<Imported> =>
    post(address('/api/import', { path: name }), 'application/json', body),
  reportAddress: (run: string, format: string): string => address(`/api/runs/${id(run)}/report`, { format }),
};
