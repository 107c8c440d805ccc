import type { SummaryRow } from '../api/client';
import { counted } from '../lib/format';

/** Tokens a second below which an answer comes slower than people read. */
export const kDeadZone = 10;

/** What a row has earned: what the statistics show, and a perfect score, which needs no comparison. */
export function awards(row: SummaryRow | undefined): { name: string; why: string }[] {
  if (!row) return [];
  const earned = row.badges.map((badge) => ({ name: badge.replaceAll('_', ' '), why: 'The difference is shown (p < 0.05 after Holm’s adjustment)' }));
  if (row.cases > 0 && row.passed === row.cases * row.repeats) earned.push({ name: 'perfect score', why: 'Every answer passed' });
  return earned;
}

/** Why a figure of a row is "–": said on hover wherever one is shown. */
export function whyAbsent(metric: string, row: SummaryRow | undefined): string {
  if (!row) return 'Not known before the run has a summary';
  if (metric === 'accuracy') {
    if (row.incomplete > 0) return `No answer was judged right or wrong: ${row.incomplete} incomplete, ${row.errors} errors, ${row.ungraded} ungraded`;
    return row.errors > 0 ? `No answer was judged: ${counted(row.errors, 'error')}` : 'No answer was judged';
  }
  const detail = row.detail[metric];
  if (detail && detail.unfit > 0) return `${counted(detail.unfit, 'sample')} measured, and none fit to count: see the flags`;
  if (metric === 'j_per_output_token') return 'Energy was not measured';
  if (metric.endsWith('memory_mib')) return 'This engine gives no memory figure';
  return 'Not measured: the samples lack the times or counts for it';
}
