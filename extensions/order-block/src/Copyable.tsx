import {useState} from 'preact/hooks';

import {t} from './words.ts';

interface Props {
  label: string;
  value: string;
  /** Where the value leads; without it the value itself is shown. */
  href?: string;
}

/**
 * A value with a button that copies it. Where the admin gives extensions no
 * clipboard, the value appears in a field, ready to be copied by hand.
 */
export function Copyable({label, value, href}: Props) {
  const [state, setState] = useState<'idle' | 'copied' | 'by_hand'>('idle');

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setState('copied');
    } catch {
      setState('by_hand');
    }
  }

  return (
    <s-stack gap="small-300">
      <s-stack direction="inline" gap="base" justifyContent="space-between" alignItems="center">
        <s-text color="subdued">{label}</s-text>
        <s-stack direction="inline" gap="small-300" alignItems="center">
          {href ? (
            <s-link href={href} target="_blank">{t('open_link')}</s-link>
          ) : (
            <s-text fontVariantNumeric="tabular-nums">{value}</s-text>
          )}
          <s-button variant="tertiary" accessibilityLabel={t('copy_what', {what: label})} onClick={copy}>
            {t(state === 'copied' ? 'copied' : 'copy')}
          </s-button>
        </s-stack>
      </s-stack>
      {state === 'by_hand' && <s-text-field label={t('by_hand')} value={value} readOnly />}
    </s-stack>
  );
}
