import type { Shape } from './model';

export type Anchor = 'start' | 'middle' | 'end';

export interface TextStyle { color: string; size?: number; weight?: number; anchor?: Anchor; isUpward?: boolean; halo?: string }

/** What marks are drawn with, in CSS pixels: a canvas on screen, or a vector picture for export. Both show the same. */
export interface Painter {
  /** Many marks of one shape and color; xy holds x and y by turns. */
  dots(xy: ArrayLike<number>, shape: Shape, size: number, color: string, opacity: number): void;
  /** A line; a NaN breaks it. xy holds x and y by turns. */
  line(xy: ArrayLike<number>, color: string, width: number, dash: readonly number[], opacity: number): void;
  /** Filled rectangles; xywh holds x, y, width and height by turns. */
  boxes(xywh: ArrayLike<number>, color: string, opacity: number): void;
  shape(xy: ArrayLike<number>, color: string, opacity: number): void;
  text(x: number, y: number, text: string, style: TextStyle): void;
  clipped(x: number, y: number, width: number, height: number, body: () => void): void;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";

/** Stroke of a shape around (0, 0): moves and lines, x and y by turns. Filled shapes are closed. */
function outline(shape: Shape, size: number): { points: readonly number[]; isFilled: boolean } {
  const h = size / 2;
  switch (shape) {
    case 'square': return { points: [-h, -h, h, -h, h, h, -h, h], isFilled: true };
    case 'triangle': return { points: [-h, h, h, h, 0, -h], isFilled: true };
    case 'diamond': return { points: [0, -h, h, 0, 0, h, -h, 0], isFilled: true };
    case 'bar': return { points: [0, -h, 0, h], isFilled: false };
    case 'dash': return { points: [-h, 0, h, 0], isFilled: false };
    default: return { points: [], isFilled: true };
  }
}

export class CanvasPainter implements Painter {
  readonly #context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  dots(xy: ArrayLike<number>, shape: Shape, size: number, color: string, opacity: number): void {
    const c = this.#context;
    c.globalAlpha = opacity;
    c.fillStyle = color;
    c.strokeStyle = color;
    const h = size / 2;
    if (shape === 'dot' && (size < 2.6 || xy.length > 12_000)) {
      for (let i = 0; i < xy.length; i += 2) {
        c.fillRect(xy[i]! - h, xy[i + 1]! - h, size, size);
      }
    } else if (shape === 'dot') {
      c.beginPath();
      for (let i = 0; i < xy.length; i += 2) {
        c.moveTo(xy[i]! + h, xy[i + 1]!);
        c.arc(xy[i]!, xy[i + 1]!, h, 0, 2 * Math.PI);
      }

      c.fill();
    } else if (shape === 'cross') {
      c.beginPath();
      for (let i = 0; i < xy.length; i += 2) {
        c.moveTo(xy[i]! - h, xy[i + 1]! - h);
        c.lineTo(xy[i]! + h, xy[i + 1]! + h);
        c.moveTo(xy[i]! - h, xy[i + 1]! + h);
        c.lineTo(xy[i]! + h, xy[i + 1]! - h);
      }

      c.lineWidth = 1.6;
      c.setLineDash([]);
      c.stroke();
    } else {
      const { points, isFilled } = outline(shape, size);
      c.beginPath();
      for (let i = 0; i < xy.length; i += 2) {
        c.moveTo(xy[i]! + points[0]!, xy[i + 1]! + points[1]!);
        for (let k = 2; k < points.length; k += 2) {
          c.lineTo(xy[i]! + points[k]!, xy[i + 1]! + points[k + 1]!);
        }

        if (isFilled) {
          c.closePath();
        }
      }

      if (isFilled) {
        c.fill();
      } else {
        c.lineWidth = 1.6;
        c.setLineDash([]);
        c.stroke();
      }
    }

    c.globalAlpha = 1;
  }

  line(xy: ArrayLike<number>, color: string, width: number, dash: readonly number[], opacity: number): void {
    const c = this.#context;
    c.globalAlpha = opacity;
    c.strokeStyle = color;
    c.lineWidth = width;
    c.lineJoin = 'round';
    c.setLineDash(dash as number[]);
    c.beginPath();
    let isDown = false;
    for (let i = 0; i < xy.length; i += 2) {
      const [x, y] = [xy[i]!, xy[i + 1]!];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        isDown = false;
      } else if (isDown) {
        c.lineTo(x, y);
      } else {
        c.moveTo(x, y);
        isDown = true;
      }
    }

    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  boxes(xywh: ArrayLike<number>, color: string, opacity: number): void {
    const c = this.#context;
    c.globalAlpha = opacity;
    c.fillStyle = color;
    for (let i = 0; i < xywh.length; i += 4) {
      c.fillRect(xywh[i]!, xywh[i + 1]!, xywh[i + 2]!, xywh[i + 3]!);
    }

    c.globalAlpha = 1;
  }

  shape(xy: ArrayLike<number>, color: string, opacity: number): void {
    const c = this.#context;
    c.globalAlpha = opacity;
    c.fillStyle = color;
    c.beginPath();
    for (let i = 0; i < xy.length; i += 2) {
      if (i === 0) {
        c.moveTo(xy[i]!, xy[i + 1]!);
      } else {
        c.lineTo(xy[i]!, xy[i + 1]!);
      }
    }

    c.closePath();
    c.fill();
    c.globalAlpha = 1;
  }

  text(x: number, y: number, text: string, style: TextStyle): void {
    const c = this.#context;
    c.font = `${style.weight ?? 400} ${style.size ?? 12}px ${FONT}`;
    c.textAlign = style.anchor === 'middle' ? 'center' : style.anchor ?? 'start';
    c.textBaseline = 'alphabetic';
    c.save();
    c.translate(x, y);
    if (style.isUpward) {
      c.rotate(-Math.PI / 2);
    }

    if (style.halo) {
      c.strokeStyle = style.halo;
      c.lineWidth = 4;
      c.lineJoin = 'round';
      c.setLineDash([]);
      c.strokeText(text, 0, 0);
    }

    c.fillStyle = style.color;
    c.fillText(text, 0, 0);
    c.restore();
  }

  clipped(x: number, y: number, width: number, height: number, body: () => void): void {
    const c = this.#context;
    c.save();
    c.beginPath();
    c.rect(x, y, width, height);
    c.clip();
    body();
    c.restore();
  }
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string => text.replace(/[&<>"]/g, c => XML[c] ?? c);

/** Tenths of a pixel are plenty, and shorter. */
const short = (n: number): string => `${Math.round(n * 10) / 10}`;

/** Names of clipping areas, so that pictures in one page do not take each other's. */
let clips = 0;

/** A vector picture, as text. */
export class SvgPainter implements Painter {
  readonly #parts: string[] = [];

  dots(xy: ArrayLike<number>, shape: Shape, size: number, color: string, opacity: number): void {
    if (xy.length === 0) {
      return;
    }

    const { points, isFilled } = outline(shape, size);
    const h = size / 2;
    let path = '';
    for (let i = 0; i < xy.length; i += 2) {
      const [x, y] = [xy[i]!, xy[i + 1]!];
      if (shape === 'dot') {
        path += `M${short(x)} ${short(y)}h0`;
      } else if (shape === 'cross') {
        path += `M${short(x - h)} ${short(y - h)}l${short(size)} ${short(size)}M${short(x - h)} ${short(y + h)}l${short(size)} ${short(-size)}`;
      } else {
        path += `M${short(x + points[0]!)} ${short(y + points[1]!)}`;
        for (let k = 2; k < points.length; k += 2) {
          path += `L${short(x + points[k]!)} ${short(y + points[k + 1]!)}`;
        }

        path += isFilled ? 'Z' : '';
      }
    }

    this.#parts.push(
      shape === 'dot' ? `<path d="${path}" fill="none" stroke="${color}" stroke-width="${short(size)}" stroke-linecap="round"${faint(opacity)}/>`
        : shape === 'cross' || !isFilled ? `<path d="${path}" fill="none" stroke="${color}" stroke-width="1.6"${faint(opacity)}/>`
          : `<path d="${path}" fill="${color}"${faint(opacity)}/>`,
    );
  }

  line(xy: ArrayLike<number>, color: string, width: number, dash: readonly number[], opacity: number): void {
    let path = '';
    let isDown = false;
    for (let i = 0; i < xy.length; i += 2) {
      const [x, y] = [xy[i]!, xy[i + 1]!];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        isDown = false;
      } else {
        path += `${isDown ? 'L' : 'M'}${short(x)} ${short(y)}`;
        isDown = true;
      }
    }

    if (path !== '') {
      const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
      this.#parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="${short(width)}" stroke-linejoin="round"${dashes}${faint(opacity)}/>`);
    }
  }

  boxes(xywh: ArrayLike<number>, color: string, opacity: number): void {
    let path = '';
    for (let i = 0; i < xywh.length; i += 4) {
      path += `M${short(xywh[i]!)} ${short(xywh[i + 1]!)}h${short(xywh[i + 2]!)}v${short(xywh[i + 3]!)}h${short(-xywh[i + 2]!)}Z`;
    }

    if (path !== '') {
      this.#parts.push(`<path d="${path}" fill="${color}"${faint(opacity)}/>`);
    }
  }

  shape(xy: ArrayLike<number>, color: string, opacity: number): void {
    let path = '';
    for (let i = 0; i < xy.length; i += 2) {
      path += `${i === 0 ? 'M' : 'L'}${short(xy[i]!)} ${short(xy[i + 1]!)}`;
    }

    this.#parts.push(`<path d="${path}Z" fill="${color}"${faint(opacity)}/>`);
  }

  text(x: number, y: number, text: string, style: TextStyle): void {
    const turn = style.isUpward ? ` transform="rotate(-90 ${short(x)} ${short(y)})"` : '';
    const halo = style.halo ? ` stroke="${style.halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"` : '';
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" font-size="${style.size ?? 12}"${style.weight ? ` font-weight="${style.weight}"` : ''} text-anchor="${style.anchor ?? 'start'}" fill="${style.color}"${halo}${turn}>${escaped(text)}</text>`,
    );
  }

  clipped(x: number, y: number, width: number, height: number, body: () => void): void {
    const id = `clip${clips++}`;
    this.#parts.push(`<clipPath id="${id}"><path d="M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z"/></clipPath><g clip-path="url(#${id})">`);
    body();
    this.#parts.push('</g>');
  }

  /** The whole picture. */
  finish(width: number, height: number, title: string): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}" role="img"><title>${escaped(title)}</title>${this.#parts.join('')}</svg>`;
  }
}

const faint = (opacity: number): string => (opacity < 1 ? ` opacity="${Math.round(opacity * 100) / 100}"` : '');
