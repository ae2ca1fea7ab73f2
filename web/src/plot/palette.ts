// Colors of marks, for canvas and for exported pictures, which cannot see style sheets. Each is 3:1 or more against its plot ground, text 4.5:1.
// Green, yellow and red stand for signal states alone, and always with a place, dash or shape that says the same.

export type Ink =
  | 'plot' | 'paper' | 'text' | 'muted' | 'grid' | 'edge' | 'hatch'
  | 'green' | 'yellow' | 'red' | 'dot' | 'gray' | 'blue' | 'sky' | 'orange' | 'purple' | 'teal' | 'vermillion' | 'ink' | 'dim';

export type Palette = Readonly<Record<Ink, string>>;

export const LIGHT: Palette = {
  plot: '#fcfdfd', paper: '#ffffff', text: '#17222d', muted: '#4d5b69', grid: '#e6eaee', edge: '#8b98a5', hatch: '#c3ccd4',
  green: '#00805f', yellow: '#a87000', red: '#c2410c', dot: '#2b3947', gray: '#7d8a97', blue: '#0072b2', sky: '#2f86c1', orange: '#a85f00', purple: '#a14a86',
  teal: '#009e73', vermillion: '#d55e00', ink: '#17222d', dim: '#c9d1d8',
};

export const DARK: Palette = {
  plot: '#1f2327', paper: '#24282c', text: '#e7eaed', muted: '#a9b3bc', grid: '#33393f', edge: '#737e88', hatch: '#4a535c',
  green: '#2fc596', yellow: '#f0b429', red: '#ff7d4d', dot: '#cbd5de', gray: '#8a97a3', blue: '#62b5f4', sky: '#56b4e9', orange: '#f2a23c', purple: '#dd94c6',
  teal: '#2fc596', vermillion: '#ff8a4c', ink: '#e7eaed', dim: '#444d55',
};

/** Series that need telling apart, in order; none is a signal color. */
export const SERIES: readonly Ink[] = ['blue', 'orange', 'purple', 'teal', 'sky', 'vermillion', 'ink', 'gray'];
