import type { ButtonHTMLAttributes, ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label' | 'type'> {
  kind?: 'plain' | 'main' | 'bad' | 'quiet';
  icon?: IconName;
  /** For a button that shows only its icon: what it does. */
  label?: string;
  pressed?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
  form?: string;
  children?: ComponentChildren;
}

export function Button({ kind = 'plain', icon, label, pressed, type = 'button', children, class: more, ...rest }: ButtonProps): JSX.Element {
  return (
    <button
      {...rest}
      type={type}
      class={`button${kind === 'plain' ? '' : ` is-${kind}`}${children === undefined ? ' is-icon' : ''}${typeof more === 'string' ? ' ' + more : ''}`}
      aria-pressed={pressed}
      aria-label={label}
      title={rest.title ?? (children === undefined ? label : undefined)}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  error?: string | null;
  inline?: boolean;
  /** Gets the id and what ties it to hint and error. */
  children: (ties: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' }) => ComponentChildren;
  id: string;
}

/** A labelled control with its hint and what is wrong with it. */
export function Field({ label, hint, error, inline, children, id }: FieldProps): JSX.Element {
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div class={`field${inline ? ' is-inline' : ''}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? 'true' : undefined })}
      {hint && <span class="field-hint" id={`${id}-hint`}>{hint}</span>}
      {error && <span class="field-error" id={`${id}-error`}>{error}</span>}
    </div>
  );
}
