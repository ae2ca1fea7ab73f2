import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import { tokenOf, type Theme } from '../../app/theme';
import { classes, rankOf, shapes } from '../../ui';

/** Colors of the ground: quiet, so that signals stand out. */
const grounds = {
  light: { land: '#eef0ee', water: '#c9dcea', park: '#d9e8d4', building: '#e0dcd6', minor: '#ffffff', major: '#ffffff', edge: '#c6cbcf', rail: '#7d858c', text: '#3c454d', halo: '#f6f7f6', water_text: '#33566f' },
  dark: { land: '#22262a', water: '#1b3140', park: '#233127', building: '#33383d', minor: '#3b4249', major: '#4a525a', edge: '#2b3035', rail: '#808a94', text: '#c3cbd2', halo: '#1d2124', water_text: '#8db4cf' },
} as const;

/** Words are drawn from the viewer's own fonts; "Bold" is no family but tells the weight. */
const regular = ['system-ui', 'Segoe UI', 'Roboto', 'Noto Sans'];
const bold = ['Bold', ...regular];

/** Name of the layer in a PMTiles basemap; features carry `kind` and `name` as in the GeoJSON one. */
export const tileLayer = 'basemap';

const kind = (...names: string[]): FilterSpecification => ['in', ['get', 'kind'], ['literal', names]];
const width = (near: number, far: number): ExpressionSpecification => ['interpolate', ['exponential', 1.5], ['zoom'], 10, far, 18, near];

/** The whole style: ground, streets, names, and the signals above. It asks for no font, sprite or tile of anybody else. */
export function styleOf(theme: Theme, ground: { geojson: string } | { pmtiles: string }, isWall: boolean): StyleSpecification {
  const color = grounds[theme];
  const isTiles = 'pmtiles' in ground;
  const source: SourceSpecification = isTiles ? { type: 'vector', url: `pmtiles://${ground.pmtiles}` } : { type: 'geojson', data: ground.geojson };
  const on = isTiles ? { source: 'ground', 'source-layer': tileLayer } : { source: 'ground' };
  const text = (size: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 12, size - 1, 17, size + 3];
  const enlarge = isWall ? 1.8 : 1;
  const layers: LayerSpecification[] = [
    { id: 'land', type: 'background', paint: { 'background-color': color.land } },
    { id: 'park', type: 'fill', ...on, filter: kind('park', 'green', 'cemetery'), paint: { 'fill-color': color.park } },
    { id: 'water', type: 'fill', ...on, filter: ['all', kind('water'), ['==', ['geometry-type'], 'Polygon']] as FilterSpecification, paint: { 'fill-color': color.water } },
    { id: 'waterway', type: 'line', ...on, filter: ['all', kind('water'), ['==', ['geometry-type'], 'LineString']] as FilterSpecification, paint: { 'line-color': color.water, 'line-width': width(8, 1) } },
    { id: 'building', type: 'fill', ...on, filter: kind('building'), paint: { 'fill-color': color.building } },
    { id: 'street-edge', type: 'line', ...on, filter: kind('street'), minzoom: 12, layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color.edge, 'line-width': width(20, 1) } },
    { id: 'arterial-edge', type: 'line', ...on, filter: kind('arterial', 'highway'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color.edge, 'line-width': width(32, 2.4) } },
    { id: 'street', type: 'line', ...on, filter: kind('street'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color.minor, 'line-width': width(17, 0.6) } },
    { id: 'arterial', type: 'line', ...on, filter: kind('arterial', 'highway'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color.major, 'line-width': width(28, 1.6) } },
    { id: 'rail', type: 'line', ...on, filter: kind('rail'), paint: { 'line-color': color.rail, 'line-width': width(3, 1) } },
    { id: 'rail-ties', type: 'line', ...on, filter: kind('rail'), minzoom: 12, paint: { 'line-color': color.rail, 'line-width': width(10, 3), 'line-dasharray': [0.25, 2] } },
    {
      id: 'street-name', type: 'symbol', ...on, filter: kind('street', 'arterial', 'highway', 'rail'), minzoom: 11.5,
      layout: {
        'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': regular, 'text-size': text(12 * enlarge), 'symbol-spacing': 240, 'text-max-angle': 35, 'text-padding': 2,
        // Beside the street, where signals leave it room; in it once it is wide enough.
        'text-offset': ['step', ['zoom'], ['literal', [0, -1.1]], 16, ['literal', [0, 0]]],
        'symbol-sort-key': ['match', ['get', 'kind'], ['arterial', 'highway'], 0, 1],
      },
      paint: { 'text-color': color.text, 'text-halo-color': color.halo, 'text-halo-width': 1.6 },
    },
    {
      id: 'place-name', type: 'symbol', ...on, filter: kind('water', 'park', 'building'), minzoom: 12,
      layout: { 'text-field': ['get', 'name'], 'text-font': regular, 'text-size': text(11.5 * enlarge), 'text-max-width': 7 },
      paint: { 'text-color': ['match', ['get', 'kind'], 'water', color.water_text, color.text], 'text-halo-color': color.halo, 'text-halo-width': 1.4 },
    },
    {
      id: 'pointed', type: 'circle', source: 'pointed',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 8, 14, 17],
        'circle-color': tokenOf('--focus'),
        'circle-opacity': 0.35,
        'circle-stroke-color': tokenOf('--focus'),
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'signal-amount', type: 'circle', source: 'signals', filter: ['has', 'color'],
      layout: { 'circle-sort-key': ['get', 'order'] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 4.5, 12, 7.5, 15, 12],
        'circle-color': ['get', 'color'],
        'circle-stroke-color': tokenOf('--class-edge'),
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'signal', type: 'symbol', source: 'signals',
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 9, ['*', ['get', 'scale'], 0.5], 12, ['*', ['get', 'scale'], 0.8], 15, ['*', ['get', 'scale'], 1.15]],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'order'],
      },
    },
    {
      id: 'signal-number', type: 'symbol', source: 'signals', minzoom: 11.5,
      layout: {
        'text-field': ['get', 'label'],
        'text-font': bold,
        'text-size': text(12 * enlarge),
        'text-variable-anchor': ['top-left', 'top-right', 'bottom-left', 'bottom-right'],
        'text-radial-offset': isWall ? 0.8 : 1,
        'text-justify': 'auto',
        'text-optional': true,
        'symbol-sort-key': ['-', 0, ['get', 'order']],
      },
      paint: { 'text-color': theme === 'dark' ? '#eef1f3' : '#14191e', 'text-halo-color': color.halo, 'text-halo-width': 1.8 },
    },
  ];
  const empty: SourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };
  return { version: 8, sources: { ground: source, pointed: empty, signals: empty }, layers };
}

/** Side of a symbol's picture, in the grid of the shapes. */
const grid = 22;
const sharpness = 3;

/** The pictures of the states: the page's own shapes and colors, once more on a canvas. `dim` ones recede on the wall. */
export function drawIcons(theme: Theme): { name: string; image: ImageData; pixelRatio: number }[] {
  const edge = tokenOf('--class-edge');
  return classes.flatMap(({ name, token }) =>
    [false, true].map(isDim => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = grid * sharpness;
      const context = canvas.getContext('2d')!;
      context.scale(sharpness, sharpness);
      context.translate(1, 1);
      context.lineJoin = 'round';
      context.lineCap = 'round';
      const shape = shapes[name];
      const path = new Path2D(shape.path);
      const color = isDim ? (theme === 'dark' ? '#5c666f' : '#a7b0b8') : tokenOf(token);
      if (shape.stroke) {
        context.fillStyle = theme === 'dark' ? '#22262a' : '#ffffff';
        context.fill(path);
        context.strokeStyle = color;
        context.lineWidth = 2.6;
        context.stroke(path);
      } else {
        context.fillStyle = color;
        context.fill(path);
        context.strokeStyle = edge;
        context.lineWidth = 1.3;
        context.stroke(path);
      }

      if (name === 'flash') {
        context.strokeStyle = edge;
        context.lineWidth = 2.2;
        context.stroke(new Path2D('M10 5.5v6M10 14v.6'));
      }

      return { name: isDim ? `${name}-dim` : name, image: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: sharpness };
    }));
}

/** Larger is drawn above: the worst state on top. */
export function orderOf(state: Parameters<typeof rankOf>[0]): number {
  return classes.length - rankOf(state);
}
