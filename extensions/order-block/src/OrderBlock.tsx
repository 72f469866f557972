// The block on the order page of Shopify's admin. Shopify itself holds the
// TikTok order number, so that much is shown whether or not Switchback answers.

import '@shopify/ui-extensions/preact';
import {render} from 'preact';
import {useEffect, useState} from 'preact/hooks';

import {Copyable} from './Copyable.tsx';
import {ask, readNumber, type Answer} from './order.ts';
import {Story} from './Story.tsx';
import {t} from './words.ts';

export default async function extension() {
  render(<OrderBlock />, document.body);
}

/** What is known so far; a number of null is an order that is not TikTok's. */
interface Known {
  number?: string | null;
  answer?: Answer;
}

function OrderBlock() {
  const order = shopify.data.selected[0]?.id ?? '';
  const [known, setKnown] = useState<Known>({});
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    const learn = (more: Known) => current && setKnown(more);
    tell(order, learn);
    return () => {
      current = false;
    };
  }, [order, attempt]);

  const {number, answer} = known;
  function again() {
    setKnown({number});
    setAttempt(attempt + 1);
  }

  if (number === null) {
    return (
      <s-admin-block heading={t('name')} collapsedSummary={t('summary.other')}>
        <s-text color="subdued">{t('other')}</s-text>
      </s-admin-block>
    );
  }
  return (
    <s-admin-block heading={t('name')} collapsedSummary={summary(known)}>
      <s-stack gap="base">
        {number && <Copyable label={t('number')} value={number} />}
        {!answer && <s-spinner accessibilityLabel={t('loading')} />}
        {answer?.kind === 'told' && <Story block={answer.block} />}
        {answer && answer.kind !== 'told' && (
          <s-banner tone={answer.kind === 'unknown' ? 'info' : 'warning'} heading={t(`${answer.kind}.heading`)}>
            <s-paragraph>{t(`${answer.kind}.next`)}</s-paragraph>
            <s-button slot="secondary-actions" onClick={again}>{t('again')}</s-button>
          </s-banner>
        )}
      </s-stack>
    </s-admin-block>
  );
}

/** Reads an order from Shopify and then from Switchback, and tells each as it comes. */
async function tell(order: string, learn: (more: Known) => void) {
  const number = await readNumber(order);
  learn({number});
  if (number === null) return;
  const answer = await ask(order);
  if (answer.kind === 'told') {
    learn({number: number ?? answer.block.tiktok_order_id, answer});
  } else if (answer.kind === 'unknown' && number === undefined) {
    learn({number: null});
  } else {
    learn({number, answer});
  }
}

/** The one line of the block when it is folded; the admin shows 30 characters of it. */
function summary({number, answer}: Known): string {
  if (answer?.kind === 'told' && answer.block.exceptions.length > 0) {
    return t('summary.exceptions', {count: answer.block.exceptions.length});
  }
  return number ? t('summary.number', {number}) : t('summary.unread');
}
