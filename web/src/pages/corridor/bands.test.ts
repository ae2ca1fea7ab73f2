import { describe, expect, it } from 'vitest';
import { arc, changesText, findBand, intersect, metShare, parseChanges, shorterWay } from './bands';
import { bandShapes, corridorBands, stretchesOf, type TimeSpaceAnswer, type TimeSpaceSignal } from './diagram';

describe('the band through a street', () => {
  it('is the whole green where offsets follow the traffic', () => {
    expect(findBand([{ startS: 0, greenS: 40, travelToNextS: 20 }, { startS: 20, greenS: 40, travelToNextS: 25 }, { startS: 45, greenS: 40, travelToNextS: null }], 100))
      .toEqual({ widthS: 40, fromS: 0, efficiency: 0.4, attainability: 1 });
  });

  it('is what all greens leave open, also across the end of the cycle', () => {
    const band = findBand([{ startS: 90, greenS: 30, travelToNextS: 10 }, { startS: 5, greenS: 30, travelToNextS: null }], 100)!;
    expect([band.fromS, band.widthS]).toEqual([95, 25]);
  });

  it('is zero, not missing, where no vehicle gets through', () => {
    expect(findBand([{ startS: 0, greenS: 30, travelToNextS: 20 }, { startS: 70, greenS: 30, travelToNextS: null }], 100)?.widthS).toBe(0);
  });

  it('is not known without a travel time, a cycle or a second signal', () => {
    const [a, b] = [{ startS: 0, greenS: 30, travelToNextS: null }, { startS: 0, greenS: 30, travelToNextS: null }];
    expect([findBand([a, b], 100), findBand([a], 100), findBand([{ ...a, travelToNextS: 5 }, b], 0)]).toEqual([null, null, null]);
  });

  it('is told link by link where it does not run all the way', () => {
    const signals = [{ startS: 0, greenS: 40, travelToNextS: 20 }, { startS: 30, greenS: 40, travelToNextS: 50 }, { startS: 0, greenS: 40, travelToNextS: null }];
    expect(metShare(signals, 100)).toBe((30 + 20) / 80);
    expect(metShare([signals[2]!, signals[2]!], 100)).toBeNull();
  });

  it('takes a green as long as the cycle as always open', () => {
    expect(findBand([{ startS: 13, greenS: 120, travelToNextS: 7 }, { startS: 10, greenS: 25, travelToNextS: null }], 100)).toMatchObject({ widthS: 25, fromS: 3 });
  });

  it('cuts stretches of the cycle and puts them together again', () => {
    expect(arc(95, 10, 100)).toEqual([[0, 5], [95, 100]]);
    expect(arc(-5, 10, 100)).toEqual([[0, 5], [95, 100]]);
    expect(intersect([[0, 5], [95, 100]], [[3, 97]])).toEqual([[3, 5], [95, 97]]);
  });
});

const signal = (id: string, distanceFt: number, forwardS: number, backwardS: number, travelTimeToNextS: number | null, cycleS = 100): TimeSpaceSignal => ({
  signal: id, name: id, distanceFt, speedMphToNext: 40, travelTimeToNextS, forwardGroup: 'phase 2', backwardGroup: 'phase 6', forward: [], backward: [], seenShare: 1,
  plans: [{ fromMs: 0, toMs: 1e9, pattern: 1, cycleS, offsetS: 0, zeroMs: 0, forward: { measuredStartS: forwardS, programmedStartS: forwardS, greenS: 40, splitS: 45, count: 9 }, backward: { measuredStartS: backwardS, programmedStartS: null, greenS: 40, splitS: 45, count: 9 } }],
});

const street: TimeSpaceAnswer = { corridor: 'a', name: 'A', forward: 'eastbound', backward: 'westbound', fromMs: 0, toMs: 3_600_000, signals: [signal('1', 0, 0, 60, 30), signal('2', 1760, 30, 30, null)] };

describe('a time-space diagram', () => {
  it('follows each way in its own order', () => {
    const [bands] = corridorBands(street, 'measured', 1000, new Map());
    expect([bands?.forward?.widthS, bands?.backward?.widthS]).toEqual([40, 40]);
  });

  it('narrows the band by what an offset is moved out of step', () => {
    const [bands] = corridorBands(street, 'measured', 1000, new Map([['2', 12]]));
    expect([bands?.forward?.widthS, bands?.backward?.widthS]).toEqual([28, 28]);
  });

  it('has no programmed band where a start is not known', () => {
    expect(corridorBands(street, 'programmed', 1000, new Map())[0]?.backward).toBeNull();
  });

  it('looks for bands in stretches of neighbors that share a cycle', () => {
    const mixed = { ...street, signals: [signal('1', 0, 0, 0, 30), signal('2', 1, 0, 0, 30), signal('3', 2, 0, 0, 30, 80), signal('4', 3, 0, 0, 30, 90), signal('5', 4, 0, 0, null, 90)] };
    expect(stretchesOf(mixed, 1000)).toEqual([{ first: 0, last: 1, cycleS: 100 }, { first: 3, last: 4, cycleS: 90 }]);
  });

  it('draws a band once a cycle, slanted by the travel time', () => {
    const shapes = bandShapes(street, true, { widthS: 40, fromS: 0, efficiency: 0.4, attainability: 1 }, 100, 0, 0, 250_000);
    expect(shapes).toContainEqual([100_000, 0, 130_000, 1760, 170_000, 1760, 140_000, 0]);
    expect(shapes.length).toBeGreaterThanOrEqual(3);
  });
});

describe('offsets to try', () => {
  it('stand in the address and come back the same', () => {
    const changes = parseChanges('1001:5,1002:-12,1003:0,bad,1004:x');
    expect([...changes]).toEqual([['1001', 5], ['1002', -12]]);
    expect(parseChanges(changesText(changes))).toEqual(changes);
  });

  it('go the shorter way around the cycle', () => {
    expect([shorterWay(60, 100), shorterWay(-60, 100), shorterWay(100, 100), shorterWay(12.4, 90)]).toEqual([-40, 40, 0, 12]);
  });
});
