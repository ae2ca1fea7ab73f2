import { describe, expect, it } from 'vitest';
import { csvOf, fileName, svgOf } from './export';
import { legendOf, type PlotModel } from './model';
import { axisEnd, numberTicks, percentile } from './numbers';
import { atX, atY, frameOf, linesOf, xAt, yAt, type Picture } from './paint';
import { pickMark, step, stopsOf } from './pick';

const model: PlotModel = {
  key: 'a', title: 'Phase 2 <through>', height: 200, x: { kind: 'time', startMs: 0, endMs: 3_600_000, zone: 'UTC' }, y: { kind: 'number', min: 0, max: 100, label: 'Seconds' },
  marks: [
    { kind: 'spans', x0: [0], x1: [60_000], ink: 'hatch', isHatched: true, name: 'Not seen' },
    { kind: 'line', x: [0, 900_000, 1_800_000], y: [10, null, 30], width: 2, ink: 'green', isStepped: true, name: 'Begin of green' },
    { kind: 'dots', x: [600_000, 1_200_000, 9_999_999], y: [50, 60, 10], shape: 'dot', size: 3, ink: 'dot', name: 'Arrival', say: i => `arrival ${i}` },
    { kind: 'boxes', x0: [1_000_000], x1: [1_400_000], y0: [0], y1: [100], ink: 'orange', name: 'Failure', say: () => 'failure' },
  ],
  read: () => [],
};

const picture: Picture = { title: 'A & B', subtitle: 'one hour', source: 'the log', plots: [model] };

describe('a vector export', () => {
  const svg = svgOf(picture);

  it('is drawn from marks: paths and text, no embedded bitmap, no script', () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/<image|data:|<script|href=/);
    expect(svg.match(/<path/g)!.length).toBeGreaterThan(8);
  });

  it('says title, source and legend, with markup kept from them', () => {
    for (const text of ['A &amp; B', 'Phase 2 &lt;through&gt;', 'the log', 'Begin of green', 'Arrival', 'Not seen']) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it('draws only the dots that lie in the range', () => {
    const dots = svg.match(/<path d="((?:M[\d. ]+h0)+)"/g)!;
    expect(dots.map(d => d.match(/h0/g)!.length)).toContain(2);
  });
});

describe('a CSV export', () => {
  it('quotes, leaves missing values empty, and keeps text from being run as a formula', () => {
    expect(csvOf(['a', 'b'], [['x,y', 1.5], ['say "hi"', null], ['=1+1', -2], ['-3', 0], ['-x', true]])).toBe('a,b\r\n"x,y",1.5\r\n"say ""hi""",\r\n\'=1+1,-2\r\n-3,0\r\n\'-x,true\r\n');
  });

  it('gets a name that every system takes', () => {
    expect(fileName('1001', 'Split monitor', '2026-05-13T0600')).toBe('1001_split-monitor_2026-05-13t0600');
  });
});

describe('a frame', () => {
  const frame = frameOf(model, 50, 10, 600, 150);

  it('turns time and value into pixels and back', () => {
    expect(atX(frame, 1_800_000)).toBe(350);
    expect(xAt(frame, 350)).toBe(1_800_000);
    expect(atY(frame, 100, 'left')).toBe(10);
    expect(yAt(frame, 160)).toBeCloseTo(0);
  });

  it('lets lanes run downward', () => {
    const lanes = frameOf({ ...model, y: { kind: 'lanes', lanes: [{ label: 'a', short: 'a' }, { label: 'b', short: 'b' }] } }, 0, 0, 100, 40);
    expect([atY(lanes, 0, 'left'), atY(lanes, 2, 'left'), yAt(lanes, 30)]).toEqual([0, 40, 1.5]);
  });

  it('finds the dot that is pointed at before the box that it lies in, and nothing far from both', () => {
    const dot = pickMark(model, frame, atX(frame, 1_200_000) + 2, atY(frame, 60, 'left') - 2);
    expect([dot?.mark.name, dot?.index]).toEqual(['Arrival', 1]);
    expect(pickMark(model, frame, atX(frame, 1_350_000), atY(frame, 10, 'left'))?.mark.name).toBe('Failure');
    expect(pickMark(model, frame, atX(frame, 3_000_000), atY(frame, 90, 'left'))).toBeNull();
  });
});

describe('arrow keys', () => {
  const stops = stopsOf(model);

  it('step through the points that lie in the range, each once', () => {
    expect(stops).toEqual([0, 600_000, 900_000, 1_000_000, 1_200_000, 1_800_000]);
  });

  it('go to the next point from between two, and stay at the ends', () => {
    expect([step(stops, null, 1), step(stops, null, -1), step(stops, 650_000, 1), step(stops, 650_000, -1), step(stops, 600_000, 1), step(stops, 1_800_000, 1), step(stops, 0, -10), step([], 5, 1)])
      .toEqual([0, 1_800_000, 900_000, 600_000, 900_000, 1_800_000, 0, null]);
  });
});

describe('numbers', () => {
  it('have round ticks and axes that end on one', () => {
    expect(numberTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(numberTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(axisEnd(97)).toBe(150);
    expect(axisEnd(0, 10)).toBe(10);
  });

  it('have percentiles on the line between neighbors, none of none', () => {
    expect([percentile([4, 1, 3, 2], 0.5), percentile([1], 0.85), percentile([], 0.5)]).toEqual([2.5, 1, null]);
  });
});

describe('plots', () => {
  it('share a line while they fit it', () => {
    const named = (key: string, share?: number): PlotModel => ({ ...model, key, ...(share ? { share } : {}) });
    expect(linesOf([named('a', 0.7), named('b', 0.3), named('c'), named('d', 0.5), named('e', 0.5), named('f', 0.5)]).map(l => l.map(p => p.key).join(''))).toEqual(['ab', 'c', 'de', 'f']);
  });

  it('have one legend with each name once', () => {
    expect(legendOf([model, model]).map(e => `${e.kind} ${e.name}`)).toEqual(['hatch Not seen', 'line Begin of green', 'dot Arrival', 'box Failure']);
  });
});
