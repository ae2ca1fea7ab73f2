import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './Button';

interface DialogProps {
  title: string;
  onClose(): void;
  /** Buttons at the foot. */
  foot?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

/** A modal dialog, open as long as it is drawn. Escape, the cross and a click beside it close it; the focus returns to where it was. */
export function Dialog({ title, onClose, foot, wide, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      class={`dialog${wide ? ' is-wide' : ''}`}
      aria-label={title}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={event => {
        if (event.target === dialog.current) {
          onClose();
        }
      }}
    >
      <div class="dialog-head">
        <h2>{title}</h2>
        <Button kind="quiet" icon="close" label="Close" onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {foot && <div class="dialog-foot">{foot}</div>}
    </dialog>
  );
}
