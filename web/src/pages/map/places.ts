import type { FeatureCollection, Point } from 'geojson';
import type { SignalAnswer } from '../../api/types';
import { orderOf } from './style';

/** Where the map looks: degrees and zoom. */
export interface Camera {
  latitude: number;
  longitude: number;
  zoom: number;
}

/** `44.00123,-129.98123,13.2` as in the address; null for anything else. */
export function parseCamera(text: string): Camera | null {
  const numbers = text.split(',').map(Number);
  const [latitude, longitude, zoom] = numbers;
  return numbers.length === 3 && numbers.every(Number.isFinite) && Math.abs(latitude!) <= 85 && Math.abs(longitude!) <= 180 && zoom! >= 0 && zoom! <= 22
    ? { latitude: latitude!, longitude: longitude!, zoom: zoom! }
    : null;
}

/** Degrees to about a meter: enough to show the same picture. */
export function cameraText({ latitude, longitude, zoom }: Camera): string {
  return `${+latitude.toFixed(5)},${+longitude.toFixed(5)},${+zoom.toFixed(2)}`;
}

/** An amount, its color on the scale, and its place in the ranking. */
export interface Amount {
  value: number;
  color: string;
  rank: number;
}

export type Amounts = ReadonlyMap<string, Amount>;

/** The signals that have a place, as the map draws them. With amounts, colored dots say those, and only abnormal states keep their symbols. */
export function featuresOf(signals: readonly SignalAnswer[], amounts: Amounts | null, dimsNormal: boolean): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: signals.flatMap(s => {
      if (s.latitude === null || s.longitude === null) {
        return [];
      }

      const state = s.status.class;
      const isNormal = state === 'healthy' || state === 'unknown';
      const amount = amounts?.get(s.id);
      const icon = amounts ? (isNormal ? (amount ? '' : 'unknown') : state) : dimsNormal && isNormal ? `${state}-dim` : state;
      return [{
        type: 'Feature' as const,
        geometry: { type: 'Point' as const, coordinates: [s.longitude, s.latitude] },
        properties: { id: s.id, label: dimsNormal && isNormal ? '' : s.id, icon, order: orderOf(state), scale: amounts && !isNormal && amount ? 0.7 : dimsNormal && !isNormal ? 1.6 : 1, ...(amount ? { color: amount.color } : {}) },
      }];
    }),
  };
}

/** The smallest box around places, west, south, east, north; null without any. */
export function boundsOf(signals: readonly Pick<SignalAnswer, 'latitude' | 'longitude'>[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const { latitude, longitude } of signals) {
    if (latitude !== null && longitude !== null) {
      box = box === null ? [longitude, latitude, longitude, latitude]
        : [Math.min(box[0], longitude), Math.min(box[1], latitude), Math.max(box[2], longitude), Math.max(box[3], latitude)];
    }
  }

  return box;
}
