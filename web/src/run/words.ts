import type { SummaryRow } from '../api/client';
import { counted } from '../lib/format';

/** Tokens a second below which an answer comes slower than people read. */
export const kDeadZone = 10;

const kBadges: Record<string, string> = {
  fastest: 'fastest',
  most_accurate: 'most accurate',
  perfect: 'perfect score',
  lightest: 'least memory',
};

export function badgeText(badge: string): string {
  return kBadges[badge] ?? badge.replaceAll('_', ' ');
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

export const kStates: Record<string, string> = { running: 'running', finished: 'finished', interrupted: 'interrupted', failed: 'failed' };
