import { addProtocol, Map as MapView, setWorkerUrl, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { apiRoot } from '../../api/client';
import type { SignalAnswer } from '../../api/types';
import { useTheme } from '../../app/theme';
import { Button } from '../../ui';
import { boundsOf, featuresOf, type Amounts, type Camera } from './places';
import { drawIcons, styleOf } from './style';
import './map.css';

setWorkerUrl(workerUrl);

let isTilesReady = false;

async function prepareTiles(): Promise<void> {
  if (!isTilesReady) {
    const { Protocol } = await import('pmtiles');
    addProtocol('pmtiles', new Protocol().tile);
    isTilesReady = true;
  }
}

export interface MapProps {
  signals: readonly SignalAnswer[];
  ground: 'geojson' | 'pmtiles';
  amounts?: Amounts | null;
  /** Where to look at first; around all signals without it. */
  camera?: Camera | null;
  onCamera?(camera: Camera): void;
  onOpen?(id: string): void;
  /** The signal under the pointer, and where it is drawn, in pixels from the corner. */
  onPoint?(at: { id: string; x: number; y: number } | null): void;
  /** A signal to mark, as the list's row that has the focus. */
  pointed?: string | null;
  isWall?: boolean;
}

/** Streets and signals. Throws nothing where the browser cannot draw it: it says so and the list beside it has everything. */
export default function SignalMap(props: MapProps): JSX.Element {
  const { signals, ground, amounts = null, pointed = null, isWall = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const map = useRef<MapView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [isReady, setReady] = useState(false);
  const [isDrawn, setDrawn] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const theme = useTheme();
  const drawn = useRef<{ key: string; atMs: number; timer: ReturnType<typeof setTimeout> | undefined }>({ key: '', atMs: -Infinity, timer: undefined });

  useEffect(() => {
    let view: MapView | null = null;
    let isGone = false;
    let resized: ResizeObserver | null = null;
    const open = () => {
      const at = map.current === null ? latest.current.camera : cameraOf(map.current);
      const box = boundsOf(latest.current.signals);
      try {
        view = new MapView({
          container: frame.current!,
          style: styleOf(theme, ground === 'pmtiles' ? { pmtiles: `${location.origin}/basemap.pmtiles` } : { geojson: `${apiRoot}/basemap` }, isWall),
          ...(at ? { center: [at.longitude, at.latitude] as [number, number], zoom: at.zoom } : box ? { bounds: box, fitBoundsOptions: { padding: isWall ? 90 : 48, maxZoom: 16 } } : { center: [0, 20] as [number, number], zoom: 1.2 }),
          attributionControl: false,
          dragRotate: false,
          pitchWithRotate: false,
          touchPitch: false,
          maxZoom: 20,
          interactive: !isWall,
          // Not 0: names would then be placed anew, all of them, in every frame of a pan.
          fadeDuration: 100,
          localIdeographFontFamily: 'sans-serif',
        });
      } catch {
        setFailure('This browser cannot draw the map (it needs WebGL).');
        return;
      }

      const made = view;
      made.touchZoomRotate.disableRotation();
      made.keyboard.disableRotation();
      made.getCanvas().setAttribute('aria-label', 'Map of signals. Arrow keys move it, + and − zoom; the list has the same signals.');
      for (const { name, image, pixelRatio } of drawIcons(theme)) {
        made.addImage(name, image, { pixelRatio });
      }

      made.once('style.load', () => {
        if (!isGone) {
          map.current = made;
          setReady(true);
        }
      });
      const settle = () => {
        // Empty until the first signals are handed over: only then is what is drawn what was asked for.
        if (!isGone && drawn.current.atMs > -Infinity && made.isSourceLoaded('signals') && made.isSourceLoaded('ground')) {
          made.off('sourcedata', settle);
          made.once('render', () => setDrawn(true));
          made.triggerRepaint();
        }
      };
      made.on('sourcedata', settle);
      made.on('error', event => {
        if (/WebGL/i.test(event.error.message)) {
          setFailure('This browser cannot draw the map (it needs WebGL).');
        } else {
          console.warn(event.error.message);
        }
      });
      made.on('moveend', event => {
        // Only what a person did belongs in the address, not the first fit or a change of the window's size.
        if ((event as { originalEvent?: unknown }).originalEvent !== undefined || isAsked.has(made)) {
          isAsked.delete(made);
          latest.current.onCamera?.(cameraOf(made));
        }
      });
      const point = (event: MapMouseEvent) => {
        if (event.originalEvent.buttons !== 0) {
          return;
        }

        const id = signalAt(made, event);
        made.getCanvas().style.cursor = id === null ? '' : 'pointer';
        tell(made, id);
      };
      made.on('mousemove', point);
      made.on('mouseout', () => tell(made, null));
      made.on('movestart', () => tell(made, null));
      made.on('click', event => {
        const id = signalAt(made, event);
        const isTouch = (event.originalEvent as PointerEvent).pointerType === 'touch';
        if (id !== null && !isTouch) {
          latest.current.onOpen?.(id);
        } else {
          tell(made, id);
        }
      });
      resized = new ResizeObserver(() => made.resize());
      resized.observe(frame.current!);
    };

    if (ground === 'pmtiles') {
      void prepareTiles().then(() => {
        if (!isGone) {
          open();
        }
      });
    } else {
      open();
    }

    return () => {
      isGone = true;
      resized?.disconnect();
      setReady(false);
      view?.remove();
      kept.delete(view!);
      map.current = null;
    };
  }, [theme, ground, isWall]);

  function tell(from: MapView, id: string | null): void {
    if (kept.get(from) === id) {
      return;
    }

    kept.set(from, id);
    const signal = id === null ? undefined : latest.current.signals.find(s => s.id === id);
    if (signal?.latitude == null || signal.longitude === null) {
      latest.current.onPoint?.(null);
    } else {
      const { x, y } = from.project([signal.longitude, signal.latitude]);
      latest.current.onPoint?.({ id: signal.id, x, y });
    }
  }

  // The worker cuts the points anew for each change: once a second is quick enough for eyes, and only when something visible changed.
  useEffect(() => {
    const state = drawn.current;
    const draw = () => {
      state.timer = undefined;
      const source = map.current?.getSource<GeoJSONSource>('signals');
      if (!source || (state.atMs > -Infinity && !map.current!.isSourceLoaded('signals'))) {
        // The worker still cuts the last ones: more would only queue up.
        state.timer = source && setTimeout(draw, 1000);
        return;
      }

      const { signals: newest, amounts: colors = null } = latest.current;
      const features = featuresOf(newest, colors, isWall);
      const key = features.features.map(f => `${f.properties!['id']}${f.properties!['icon']}${f.properties!['color'] ?? ''}`).join();
      if (key !== state.key || state.atMs === -Infinity) {
        state.key = key;
        state.atMs = performance.now();
        source.setData(features);
      }
    };
    if (isReady) {
      state.timer ??= setTimeout(draw, Math.max(0, state.atMs + 1000 - performance.now()));
    }
  }, [signals, amounts, isReady]);
  useEffect(() => () => {
    clearTimeout(drawn.current.timer);
    drawn.current = { key: '', atMs: -Infinity, timer: undefined };
  }, [isReady]);

  // The first list may come after the map; it then looks at all of them, unless the address says where to look.
  const isPlaced = useRef(boundsOf(signals) !== null);
  useEffect(() => {
    const box = boundsOf(signals);
    if (isReady && !isPlaced.current && box && map.current) {
      isPlaced.current = true;
      if (!latest.current.camera) {
        map.current.fitBounds(box, { padding: isWall ? 90 : 48, maxZoom: 16, animate: false });
      }
    }
  }, [signals, isReady]);

  useEffect(() => {
    if (isReady) {
      map.current?.getSource<GeoJSONSource>('pointed')?.setData(featuresOf(latest.current.signals.filter(s => s.id === pointed), null, false));
    }
  }, [pointed, isReady]);

  const ask = (change: (view: MapView) => void) => {
    const view = map.current;
    if (view) {
      isAsked.add(view);
      change(view);
    }
  };

  if (failure !== null) {
    return <div class="map-frame is-failed"><p>{failure} The list has all signals.</p></div>;
  }

  return (
    <div class="map-frame scrolls-itself" aria-busy={isDrawn ? undefined : 'true'}>
      <div class="map-canvas" ref={frame} />
      {!isWall && (
        <div class="map-buttons">
          <Button icon="plus" label="Zoom in" onClick={() => ask(view => view.zoomIn())} />
          <Button icon="minus" label="Zoom out" onClick={() => ask(view => view.zoomOut())} />
          <Button
            icon="fit"
            label="Show all signals"
            onClick={() => ask(view => {
              const box = boundsOf(signals);
              if (box) {
                view.fitBounds(box, { padding: 48, maxZoom: 16 });
              }
            })}
          />
        </div>
      )}
    </div>
  );
}

/** Maps whose next move a button caused. */
const isAsked = new WeakSet<MapView>();

/** The signal that each map has told to be under the pointer. */
const kept = new WeakMap<MapView, string | null>();

function cameraOf(view: MapView): Camera {
  const { lat, lng } = view.getCenter();
  return { latitude: lat, longitude: lng, zoom: view.getZoom() };
}

/** The topmost signal within reach of the pointer: symbols are small, fingers are not. */
function signalAt(view: MapView, { point, originalEvent }: MapMouseEvent): string | null {
  const reach = (originalEvent as PointerEvent).pointerType === 'touch' ? 16 : 5;
  const found = view.queryRenderedFeatures([[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers: ['signal', 'signal-amount'] });
  let best: { id: string; order: number } | null = null;
  for (const feature of found) {
    const order = Number(feature.properties['order']);
    if (best === null || order > best.order) {
      best = { id: String(feature.properties['id']), order };
    }
  }

  return best?.id ?? null;
}
