import type { PlotModel } from './model';
import { paintPicture, paintPlot, pictureHeight, type Picture } from './paint';
import { CanvasPainter, SvgPainter } from './painter';
import { LIGHT, type Palette } from './palette';

/** Exported pictures are as wide as a column of a report, whatever the screen. */
export const PICTURE_WIDTH = 1120;

const PNG_SCALE = 2;

/** The picture as a vector file: the same marks as on the screen, on paper's colors. */
export function svgOf(picture: Picture, palette: Palette = LIGHT): string {
  const painter = new SvgPainter();
  paintPicture(painter, picture, PICTURE_WIDTH, palette);
  return painter.finish(PICTURE_WIDTH, pictureHeight(picture, PICTURE_WIDTH), picture.title);
}

/** One plot alone, as vectors that any paper prints sharp. */
export function plotSvgOf(model: PlotModel, width: number, palette: Palette = LIGHT): string {
  const painter = new SvgPainter();
  paintPlot(painter, model, 0, 0, width, palette);
  return painter.finish(width, model.height, model.title);
}

/** The picture as a PNG of twice the size, for screens and print. */
export function pngOf(picture: Picture, palette: Palette = LIGHT): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = PICTURE_WIDTH * PNG_SCALE;
  canvas.height = pictureHeight(picture, PICTURE_WIDTH) * PNG_SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(PNG_SCALE, PNG_SCALE);
  paintPicture(new CanvasPainter(context), picture, PICTURE_WIDTH, palette);
  return new Promise((answer, refuse) => canvas.toBlob(blob => (blob ? answer(blob) : refuse(new Error('The browser made no picture.'))), 'image/png'));
}

export type Cell = string | number | boolean | null;

/** Comma-separated values by RFC 4180; missing is empty. Text that a spreadsheet would run as a formula is kept from it. */
export function csvOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map(row => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value: Cell): string {
  if (value === null) {
    return '';
  }

  if (typeof value !== 'string') {
    return String(value);
  }

  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands a file to the person who looks. */
export function download(name: string, content: Blob | string, type: string): void {
  const address = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name that every system takes. */
export const fileName = (...parts: string[]): string => parts.join('_').toLowerCase().replace(/[^a-z0-9_.-]+/g, '-').replace(/-+/g, '-');
