import {Copyable} from './Copyable.tsx';
import type {Block, Leg} from './order.ts';
import {reasonWord, stateWord, t, toneOf} from './words.ts';

/** How many exceptions are shown; the app has the others. */
export const mostExceptions = 3;

/** What Switchback tells of an order. */
export function Story({block}: {block: Block}) {
  const codes = block.exceptions.map((e) => e.code);
  const more = block.exceptions.length - mostExceptions;
  return (
    <s-stack gap="base">
      <s-stack gap="small-300">
        <LegLine label={t('legs.order')} leg={block.legs.order} told={codes} />
        <LegLine label={t('legs.shipments')} leg={block.legs.shipments} told={codes} />
        <LegLine label={t('legs.refunds')} leg={block.legs.refunds} told={codes} />
        <Findable block={block} />
      </s-stack>
      {block.exceptions.slice(0, mostExceptions).map((e) => (
        <s-banner key={e.id} tone="warning" heading={e.message}>
          <s-paragraph>{e.fix}</s-paragraph>
        </s-banner>
      ))}
      {more > 0 && <s-text color="subdued">{t('more', {count: more})}</s-text>}
      {block.return_link && <Copyable label={t('return_link')} value={block.return_link} href={block.return_link} />}
      <s-link href={`app:${block.app_path}`}>{t('open_app')}</s-link>
    </s-stack>
  );
}

/** One way of the order. A reason that an exception below explains is left out. */
function LegLine({label, leg, told}: {label: string; leg: Leg; told: string[]}) {
  return (
    <s-stack direction="inline" gap="base" justifyContent="space-between" alignItems="center">
      <s-text color="subdued">{label}</s-text>
      <s-stack direction="inline" gap="small-300" alignItems="center">
        {leg.reason && !told.includes(leg.reason) && <s-text color="subdued">{reasonWord(leg.reason)}</s-text>}
        <s-badge tone={toneOf(leg.state)}>{stateWord(leg.state)}</s-badge>
      </s-stack>
    </s-stack>
  );
}

/** Whether a buyer finds the order in Loop: by what is known of the ZIP, and by what Loop said. */
function Findable({block: {findable, loop}}: {block: Block}) {
  const refused = findable.by_zip && loop !== null && !loop.found;
  const word = refused ? 'unconfirmed' : findable.by_zip ? 'yes' : findable.reason === 'zip_masked' ? 'zip_masked' : 'zip_missing';
  return (
    <s-stack gap="small-300">
      <s-stack direction="inline" gap="base" justifyContent="space-between" alignItems="center">
        <s-text color="subdued">{t('findable.label')}</s-text>
        <s-badge tone={word === 'yes' ? 'success' : 'warning'}>{t(`findable.${word}`)}</s-badge>
      </s-stack>
      {refused && <s-text color="subdued">{loop.message}</s-text>}
    </s-stack>
  );
}
