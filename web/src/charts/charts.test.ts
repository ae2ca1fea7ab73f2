import { describe, expect, it } from 'vitest';
import type { SignalDetail } from '../api/types';
import { charts, findChart } from '.';
import { buildCycles, cycleLine, longestShownS, sumPlan } from './coordination/coordination';
import type { Chart, ChartInput } from './definition';
import { firstParagraph } from './Definition';
import { differenceText, overlaid } from './ChartPanel';
import { gatherUse } from './green-use/greenUse';
import { cellText } from './Grid';
import { binOf, binStart, seenShareOf, tablePath, unseenOf, BINS } from './load';
import { asGhost, lastAtOrBefore } from './parts';
import { gather } from './series';
import { sumPlans } from './split-monitor/splitMonitor';
import { Table } from './table';
import { consecutive, listServices } from './termination/termination';
import { groupKey, overlapName, planName } from './words';

const MIN = 60_000;
const ZONE = 'America/Los_Angeles';

const table = (columns: Record<string, (number | string | boolean | null)[]>, binMs = 15 * MIN): Table => new Table({ rows: Object.values(columns)[0]?.length ?? 0, binMs, columns });

const detail: SignalDetail = {
  signal: { id: '1', name: 'A & B', latitude: null, longitude: null, zone: 'UTC', isConfigured: true, detectorCount: 1, approachCount: 1, status: { class: 'healthy', sinceMs: null, lastEventMs: null, dataAgeS: null, pattern: null, reasons: [] } },
  phases: [{ number: 2, ring: 1, barrierGroup: 1, isCoordinated: true, yellowS: 4, redClearanceS: 1, minimumGreenS: 5, walkS: null, pedestrianClearanceS: null }], overlaps: [],
  approaches: [{ id: 'a', description: 'Northbound through', direction: 'northbound', speedLimitMph: 40, protected: 'phase 2', permissive: null, pedestrian: null }],
  detectors: [{ channel: 12, phase: 2, overlap: null, approachId: 'a', functions: ['advance-count'], lane: 1, movement: 'through', laneType: 'vehicle', stopBarDistanceFt: 300 }], patterns: [], events: { startMs: 0, endMs: 10_000_000 },
};

const input = (tables: Record<string, Table>, more: Partial<ChartInput> = {}): ChartInput => ({ detail, zone: 'UTC', startMs: 0, endMs: 60 * MIN, binMs: 15 * MIN, group: '', choice: {}, tables, events: null, unseen: [], ...more });

const cycleTable = table({
  time: [0, 100_000, 200_000, 400_000], end: [100_000, 200_000, 300_000, 500_000], phase: [2, 2, 2, 2], overlap: [null, null, null, null], red_s: [40, 42, 41, 40], green_s: [50, 48, 50, 50], yellow_s: [4, 4, 4, 4], cycle_s: [100, 100, 100, 100],
  arrivals: [10, 8, 0, 6], on_green: [7, 4, 0, 1],
});

describe('cycles of a coordination diagram', () => {
  const cycles = buildCycles(cycleTable, [3, 1, 0, 2], 0, 450_000);

  it('come in order, with green and yellow counted from the begin of red', () => {
    expect(cycles.map(c => [c.startMs, c.greenS, c.yellowS])).toEqual([[0, 40, 90], [100_000, 42, 90], [200_000, 41, 91], [400_000, 40, 90]]);
  });

  it('that begin outside the range are left out', () => {
    expect(buildCycles(cycleTable, [0, 1, 2, 3], 50_000, 300_000)).toHaveLength(2);
  });

  it('make a line that breaks where a cycle is missing and ends with the last', () => {
    expect(cycleLine(cycles, c => c.greenS, 120)).toEqual({ x: [0, 0, 100_000, 200_000, 300_000, 400_000, 500_000], y: [null, 40, 42, 41, null, 40, null] });
  });

  it('make a line that breaks where it leaps and beyond the axis', () => {
    const leap = cycles.slice(0, 2).map((c, i) => ({ ...c, greenS: i === 0 ? 10 : 60 }));
    expect(cycleLine(leap, c => c.greenS, 120).y).toEqual([null, 10, null, 60, null]);
    expect(cycleLine(leap, c => c.greenS, 30).y).toEqual([null, 10, null, null]);
  });

  it('fit the axis by the programmed cycle, else by most of those that were run', () => {
    const plan = { startMs: 0, endMs: 1, plan: 1, cycleLengthS: 90, offsetS: 0, row: 0 };
    expect(longestShownS(cycles, [plan])).toBe(100);
    const free = cycles.map((c, i) => ({ ...c, lengthS: i === 3 ? 900 : 100 }));
    expect(longestShownS(free, [])).toBeLessThan(900);
  });

  it('sum up under their plan by the manual’s ratio and arrival type', () => {
    const sum = sumPlan({ startMs: 0, endMs: 300_000, plan: 3, cycleLengthS: 100, offsetS: 12, row: 0 }, cycles);
    expect([sum.cycles, sum.arrivals, sum.onGreen]).toEqual([3, 18, 11]);
    expect(sum.platoonRatio).toBeCloseTo((11 / 18) / (148 / 300));
    expect(sum.arrivalType).toBe(4);
  });

  it('without arrivals have no share and no ratio, not zero', () => {
    expect(sumPlan({ startMs: 200_000, endMs: 300_000, plan: 3, cycleLengthS: null, offsetS: null, row: 0 }, cycles)).toMatchObject({ shareOnGreen: null, platoonRatio: null, arrivalType: null, greenShare: 0.5 });
  });
});

describe('runs of equal terminations', () => {
  const services = listServices(table({ time: [1, 2, 3, 4, 5], phase: [2, 2, 2, 4, 2], reason: ['max_out', 'max_out', 'max_out', 'unknown', 'gap_out'], run: [1, 2, 3, 4, 1] }), 0, 100, '');

  it('are shown from the service that makes them long enough', () => {
    expect(consecutive(services, 3).map(s => s.timeMs)).toEqual([3]);
    expect(consecutive(services, 2).map(s => s.timeMs)).toEqual([2, 3]);
    expect(consecutive(services, 1)).toHaveLength(5);
  });

  it('are of one phase when one is chosen', () => {
    expect(listServices(table({ time: [1, 2], phase: [2, 4], reason: ['gap_out', 'gap_out'], run: [1, 1] }), 0, 100, '4')).toHaveLength(1);
  });
});

describe('splits by plan', () => {
  it('count skips against the plan’s most served phase, and say nothing of lengths without services', () => {
    const plan = { startMs: 0, endMs: 1000, plan: 1, cycleLengthS: 90, offsetS: 0, row: 0 };
    const served = [10, 20, 30].map((lengthS, i) => ({ timeMs: i, phase: 2, lengthS, termination: i === 0 ? 'force-off' : 'gap-out' }));
    const [two, four] = sumPlans([{ plan, phase: 2, programmedS: 25 }, { plan, phase: 4, programmedS: null }], served, 0.85);
    expect(two).toMatchObject({ services: 3, meanS: 20, p50S: 20, pS: 27, minS: 10, maxS: 30, skips: 0 });
    expect(two!.forceOff).toBeCloseTo(1 / 3);
    expect(four).toMatchObject({ services: 0, meanS: null, pS: null, gapOut: null, skips: 3, skipShare: 1 });
  });
});

describe('bins', () => {
  it('of lanes are summed to their movement, and unseen lanes add nothing', () => {
    const lanes = table({ time: [0, 0, 900_000, 900_000], movement: ['through', 'through', 'through', 'through'], flow_vph: [100, 50, null, null], count: [25, null, 3, 4] });
    const [series] = gather(lanes, [0, 1, 2, 3], { columns: [{ column: 'flow_vph', name: 'Flow', kind: 'count', together: 'sum' }, { column: 'count', name: 'Count', kind: 'count', together: 'sum' }], seriesOf: (t, r) => t.word('movement', r) });
    expect(series).toEqual({ name: 'through', bins: [{ timeMs: 0, values: [150, 25] }, { timeMs: 900_000, values: [null, 7] }] });
  });

  it('of green use count each service once', () => {
    const use = gatherUse(table({ time: [0, 0, 900_000], from_s: [0, 4, 0], services: [10, 10, 20], hits: [20, 10, 10], mean_green_s: [30, 30, 15], programmed_green_s: [null, null, null] }), [0, 1, 2]);
    expect(use).toMatchObject({ services: 30, meanGreenS: 20, programmedGreenS: null });
    expect(use.parts.map(p => [p.fromS, p.perService])).toEqual([[0, 1], [4, 1 / 3]]);
  });

  it('begin on the signal’s clock, so that none at the edge is missing', () => {
    expect(binStart(Date.parse('2026-05-13T06:07:00Z'), 15 * MIN, ZONE)).toBe(Date.parse('2026-05-13T06:00:00Z'));
    expect(binStart(Date.parse('2026-05-13T06:07:00Z'), 60 * MIN, 'Asia/Kolkata')).toBe(Date.parse('2026-05-13T05:30:00Z'));
    expect(binStart(Date.parse('2026-05-13T06:07:00Z'), 24 * 60 * MIN, ZONE)).toBe(Date.parse('2026-05-12T07:00:00Z'));
  });

  it('are as long as asked for, else a readable number of them', () => {
    expect([binOf('1h', 1).label, binOf('', 3_600_000).value, binOf('', 86_400_000).value, binOf('x', 20 * 86_400_000).value]).toEqual(['1 h', '5m', '15m', '1h']);
  });
});

describe('tables', () => {
  it('of plans are asked for from the begin of the day, cut ones from the quarter before', () => {
    const stretch = { startMs: Date.parse('2026-05-13T16:07:00Z'), endMs: Date.parse('2026-05-13T17:00:00Z') };
    expect(tablePath('a b', { table: 't', isPlans: true }, stretch, ZONE, BINS[0])).toBe(`/signals/a%20b/tables/t?from=${Date.parse('2026-05-13T07:00:00Z')}&to=${stretch.endMs}`);
    expect(tablePath('1', { table: 't', isCut: true }, stretch, ZONE, BINS[0])).toContain(`from=${Date.parse('2026-05-13T16:00:00Z')}&`);
    expect(tablePath('1', { table: 't', isBinned: true }, stretch, ZONE, BINS[1])).toMatch(/&bin=15m$/);
  });

  it('take a missing column as missing values', () => {
    expect([cycleTable.number('nothing', 0), cycleTable.word('nothing', 0), cycleTable.flag('nothing', 0)]).toEqual([null, '', null]);
  });
});

describe('time not seen', () => {
  const bins = [0, 1, 2, 3].map(i => ({ startMs: i * 5 * MIN, endMs: (i + 1) * 5 * MIN, seenShare: i === 1 || i === 2 ? 0 : 1 }));

  it('is one hole for bins in a row, and what lies before the first and after the last event', () => {
    expect(unseenOf({ startMs: -10 * MIN, endMs: 60 * MIN }, bins, { startMs: 0, endMs: 20 * MIN }, 60 * MIN)).toEqual([
      { startMs: -10 * MIN, endMs: 0 }, { startMs: 5 * MIN, endMs: 15 * MIN }, { startMs: 20 * MIN, endMs: 60 * MIN },
    ]);
  });

  it('is everything of a signal that never spoke, and nothing of the future', () => {
    expect(unseenOf({ startMs: 0, endMs: 10 }, [], null, 5)).toEqual([{ startMs: 0, endMs: 10 }]);
    expect(unseenOf({ startMs: 0, endMs: 60 * MIN }, [bins[0]!], { startMs: 0, endMs: 5 * MIN }, 6 * MIN)).toEqual([]);
  });

  it('counts the bin that still runs for what of it is past', () => {
    expect(seenShareOf({ startMs: 0, endMs: 20 * MIN }, bins, 20 * MIN)).toBe(0.5);
    expect(seenShareOf({ startMs: 0, endMs: 20 * MIN }, [bins[0]!, { ...bins[1]!, seenShare: 0.2 }], 6 * MIN)).toBe(1);
    expect(seenShareOf({ startMs: 0, endMs: 20 * MIN }, bins, -1)).toBeNull();
  });
});

describe('another day', () => {
  it('lies over this one at the same hours, broken and named', () => {
    const ghost = asGhost([{ kind: 'line', x: [1], y: [2], width: 2, ink: 'blue', name: 'Arrivals' }, { kind: 'dots', x: [1], y: [1], shape: 'dot', size: 2, ink: 'dot' }], 'Wed May 6');
    expect(ghost).toMatchObject([{ name: 'Arrivals, Wed May 6', dash: [4, 3] }]);
    const plot = (max: number, at: number) => ({ key: 'a', title: '', height: 1, x: { kind: 'time' as const, startMs: at, endMs: at + 10, zone: 'UTC' }, y: { kind: 'number' as const, min: 0, max, label: '' }, marks: [{ kind: 'line' as const, x: [at], y: [1], width: 1, ink: 'blue' as const, name: 'n' }], read: (x: number) => [`${x}`, `value ${x}`] });
    const [both] = overlaid([plot(10, 100)], [plot(30, 0)], 100, 'then');
    expect(both!.marks[1]).toMatchObject({ x: [100], name: 'n, then' });
    expect(both!.y).toMatchObject({ max: 30 });
    expect(both!.read(105)).toEqual(['105', 'value 105', 'then: value 5']);
  });

  it('differs in points for shares, in percent for counts, with a verdict where there is one', () => {
    expect(differenceText({ label: '', value: 0.62, kind: 'percent', better: 'more' }, 0.55, 'UTC')).toBe('+7.0 points, better');
    expect(differenceText({ label: '', value: 90, kind: 'count' }, 100, 'UTC')).toBe('−10 (−10 %)');
    expect(differenceText({ label: '', value: 12, kind: 'seconds', better: 'less' }, 9.5, 'UTC')).toBe('+2.5 s, worse');
    expect(differenceText({ label: '', value: null, kind: 'count' }, 5, 'UTC')).toBe('–');
  });
});

describe('every chart', () => {
  it('has a key of its own that finds it', () => {
    expect(new Set(charts.map(c => c.key)).size).toBe(charts.length);
    expect(findChart('split-monitor')?.title).toBe('Split monitor');
  });

  it.each(charts.map((c): [string, Chart] => [c.key, c]))('%s says why there is nothing to draw, and draws no zero, when the log is empty', (_, chart) => {
    for (const tables of [{}, Object.fromEntries(chart.tables.map(t => [t.table, Table.empty]))]) {
      const result = chart.build(input(tables));
      expect(result.plots).toEqual([]);
      expect(result.empty).toMatch(/\.$/);
    }
  });

  it('coordination draws a plot for each approach, with a dot’s log rows one click away', () => {
    const result = findChart('coordination')!.build(input({
      'coordination-cycles': cycleTable,
      'coordination-arrivals': table({ time: [50_000], phase: [2], overlap: [null], channel: [12], in_cycle_s: [50], state: ['green'] }),
    }));
    expect(result.plots.map(p => p.title)).toEqual(['Phase 2 · Northbound through']);
    const dots = result.plots[0]!.marks.find(m => m.kind === 'dots')!;
    expect(dots.behind!(0)).toMatchObject({ atMs: 50_000, matches: [{ parameter: 12 }, { parameter: 2 }] });
    expect(result.channels).toEqual([12]);
    expect(result.figures[1]).toMatchObject({ label: 'Arrivals on green', value: 12 / 24 });
  });

  it('split failure shows its thresholds', () => {
    const result = findChart('split-failure')!.build(input({
      'split-failures-by-cycle': table({ time: [1, 2], phase: [2, 2], channel: [null, null], green_s: [20, 20], green_occupancy: [0.9, 0.4], red_occupancy: [0.85, 0], failed: [true, false] }),
    }));
    expect(result.plots).toHaveLength(2);
    expect(result.plots[0]!.marks.find(m => m.kind === 'levels')).toMatchObject({ y: [0.8] });
    expect(result.figures.find(f => f.label === 'Share failed')!.value).toBe(0.5);
  });
});

describe('words', () => {
  it('name phases, overlaps and plans', () => {
    expect([groupKey(2, null), groupKey(null, 1), groupKey(null, null), overlapName(27), planName(254), planName(null), planName(3)]).toEqual(['2', 'A', '', '27', 'Free', 'Plan not logged', 'Plan 3']);
  });

  it('of a definition are its first paragraph, without markup', () => {
    expect(firstParagraph('# A\n\n## What it says\n\nHow *long* [it](x.md)\ntakes.\n\nMore.\n\n## Formula\n', 'What it says')).toBe('How long it takes.');
    expect(firstParagraph('# A', 'What it says')).toBe('');
  });

  it('of a missing value are a dash, never zero', () => {
    expect([cellText(null, 'count', 'UTC'), cellText(0, 'count', 'UTC'), cellText(0.034, 'percent', 'UTC'), cellText(12.34, 'seconds', 'UTC'), cellText(0, 'time', 'UTC')]).toEqual(['–', '0', '3.4 %', '12.3 s', 'Thu Jan 1 00:00']);
  });

  it('are found by time', () => {
    expect([lastAtOrBefore([10, 20, 30], 5), lastAtOrBefore([10, 20, 30], 20), lastAtOrBefore([10, 20, 30], 99)]).toEqual([-1, 1, 2]);
  });
});
