/** The merchant's words for a key of locales/, in the language of the admin. */
export function t(key: string, replacements?: Record<string, string | number>): string {
  return shopify.i18n.translate(key, replacements);
}

/** The colors that mean something in the admin. */
export type Tone = 'neutral' | 'info' | 'success' | 'warning' | 'critical';

// A state that the back end has and this table has not is shown as it is.
const tones: Record<string, Tone> = {
  none: 'neutral',
  waiting: 'info',
  held: 'warning',
  written: 'success',
  skipped: 'neutral',
  cancelled: 'neutral',
  sending: 'info',
  sent: 'info',
  partly: 'info',
  partly_sent: 'warning',
  stopped: 'warning',
  done: 'success',
  completed: 'success',
  satisfied: 'success',
  recorded: 'success',
  ignored: 'neutral',
  handled: 'neutral',
};

export const states = Object.keys(tones);

export function toneOf(state: string): Tone {
  return tones[state] ?? 'neutral';
}

/** The merchant's word for a state. */
export function stateWord(state: string): string {
  return state in tones ? t(`states.${state}`) : plain(state);
}

// Why something waits where no exception says it.
export const reasons = [
  'pull_orders_off', 'push_orders_off', 'pull_fulfillments_off', 'push_fulfillments_off', 'pull_refunds_off', 'push_refunds_off',
  'mirror_shipments_off', 'mirror_refunds_off', 'connection_off', 'being_written',
];

/** The merchant's words for a reason. */
export function reasonWord(reason: string): string {
  return reasons.includes(reason) ? t(`reasons.${reason}`) : plain(reason);
}

/** A stable word as people write it. */
function plain(word: string): string {
  return word.replaceAll('_', ' ');
}
