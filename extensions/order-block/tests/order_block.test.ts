/// <reference types="@shopify/ui-extensions/admin.order-details.block.render" />
import {fireEvent, waitFor} from '@testing-library/preact';
import {afterEach, expect, test, vi} from 'vitest';

import {patience, type Block} from '../src/order.ts';
import {all, answering, attribute, button, number, order, setUp, showing, shown, told} from './block.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The line under which the block is folded. */
const summary = () => attribute(all('s-admin-block')[0]!, 'collapsedSummary');

test('an order with which all is well', async () => {
  using extension = setUp();
  extension.fetch = answering(200, told);
  await extension.render();
  await showing('Findable by number and ZIP');

  expect(shown()).toContain(number);
  expect(all('s-badge').map((b) => `${b.textContent}: ${attribute(b, 'tone')}`)).toEqual([
    'In Shopify: success', 'Done: success', 'Nothing yet: neutral', 'Findable by number and ZIP: success',
  ]);
  expect(all('s-banner')).toHaveLength(0);
  expect(summary()).toBe(`TikTok ${number}`);
  expect(attribute(all('s-link')[0]!, 'href')).toBe('app:/');
  expect(extension.fetch).toHaveBeenCalledExactlyOnceWith('/api/block?order=gid%3A%2F%2Fshopify%2FOrder%2F5');
  expect(extension.query).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('metafield(key: "tiktok_order_id")'), {variables: {id: order}});
});

test('an order that is not from TikTok is one line, and the back end is not asked', async () => {
  using extension = setUp(null);
  const fetch = (extension.fetch = answering(200, told));
  await extension.render();
  await showing('This order did not come from TikTok Shop.');

  expect(summary()).toBe('Not a TikTok Shop order');
  expect(document.body.querySelectorAll('s-admin-block > *')).toHaveLength(1);
  expect(fetch).not.toHaveBeenCalled();
});

test('the number is shown before the back end has answered', async () => {
  using extension = setUp();
  let answer = (_: Response) => {};
  extension.fetch = () => new Promise((resolve) => (answer = resolve));
  await extension.render();
  await showing(number);

  expect(all('s-spinner').map((s) => attribute(s, 'accessibilityLabel'))).toEqual(['Asking Switchback']);
  answer(new Response(JSON.stringify(told)));
  await showing('In Shopify');
  expect(all('s-spinner')).toHaveLength(0);
});

test.each<[string, () => Promise<Response>]>([
  ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['is broken', answering(500, {error: {code: 'internal'}})],
  ['is busy', answering(503, {error: {code: 'unavailable'}})],
  ['answers a page instead of JSON', answering(200, '<!doctype html>')],
])('a back end that %s is said, the number stays, and it can be tried again', async (_, silent) => {
  using extension = setUp();
  extension.fetch = silent;
  await extension.render();
  await showing('Switchback does not answer');
  expect(shown()).toContain(number);
  expect(summary()).toBe(`TikTok ${number}`);

  extension.fetch = answering(200, told);
  fireEvent.click(button('Try again'));
  await showing('Asking Switchback');
  expect(shown()).toContain(number);
  await showing('In Shopify');
  expect(shown()).not.toContain('does not answer');
});

test('a back end that never answers is given up on', async () => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']});
  using extension = setUp();
  extension.fetch = () => new Promise(() => {});
  await extension.render();
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(patience / 4);
    expect(shown()).toContain('Switchback does not answer');
  });
});

test.each([
  [404, 'Switchback has no record of this order'],
  [401, 'Switchback does not know this shop yet'],
])('status %i has words of its own', async (status, words) => {
  using extension = setUp();
  extension.fetch = answering(status, {error: {code: 'x', message: 'y'}});
  await extension.render();
  await showing(words);
  expect(shown()).toContain(number);
});

test.each<[string, () => Promise<unknown>]>([
  ['refuses the question', async () => ({errors: [{message: 'Access denied', locations: []}]})],
  ['shows no such order', async () => ({data: {order: null}})],
  ['fails', async () => Promise.reject(new Error('network'))],
])('where Shopify %s, Switchback is asked all the same', async (_, query) => {
  using extension = setUp();
  Object.assign(extension.shopify, {query});
  extension.fetch = answering(200, told);
  await extension.render();
  await showing('In Shopify');
  expect(shown()).toContain(number);
});

test('what neither Shopify nor Switchback knows is not from TikTok', async () => {
  using extension = setUp();
  Object.assign(extension.shopify, {query: async () => ({data: {order: null}})});
  extension.fetch = answering(404, {error: {code: 'not_found'}});
  await extension.render();
  await showing('This order did not come from TikTok Shop.');
});

test('exceptions come with their fix, the first few of them, and fold into one line', async () => {
  const exceptions = ['carrier_unknown', 'refund_exceeds_refundable', 'b', 'c', 'd'].map((code, n) => ({
    id: `e${n}`, code, message: `${code} happened`, fix: `mend ${code}`,
  }));
  const block: Block = {
    ...told, exceptions,
    legs: {
      order: {state: 'written'},
      shipments: {state: 'held', reason: 'carrier_unknown'},
      refunds: {state: 'held', reason: 'push_refunds_off'},
    },
  };
  using extension = setUp();
  extension.fetch = answering(200, block);
  await extension.render();
  await showing('2 more are in Switchback.');

  expect(all('s-banner').map((b) => `${attribute(b, 'heading')}: ${b.textContent}`)).toEqual([
    'carrier_unknown happened: mend carrier_unknown',
    'refund_exceeds_refundable happened: mend refund_exceeds_refundable',
    'b happened: mend b',
  ]);
  expect(summary()).toBe('5 things to mend');
  const reasons = all('s-text').map((e) => e.textContent);
  expect(reasons).toContain('Push refunds is off');
  expect(reasons).not.toContain('carrier unknown');
});

test('a state that this version does not know is shown as it is', async () => {
  using extension = setUp();
  extension.fetch = answering(200, {...told, legs: {...told.legs, refunds: {state: 'some_new_state', reason: 'some_new_reason'}}});
  await extension.render();
  await showing('some new state');
  expect(shown()).toContain('some new reason');
});

test.each<[string, Partial<Block>, string]>([
  ['no ZIP', {findable: {by_zip: false, reason: 'zip_missing'}}, 'Not findable: TikTok gave no ZIP'],
  ['a hidden ZIP', {findable: {by_zip: false, reason: 'zip_masked'}}, 'Not findable: TikTok hides the ZIP'],
  ['a ZIP that Loop finds', {loop: {found: true, message: 'Loop finds the order.'}}, 'Findable by number and ZIP'],
  ['a ZIP that Loop does not find', {loop: {found: false, message: 'Loop does not know it.'}}, 'Loop does not know it.'],
])('findable with %s', async (_, part, words) => {
  using extension = setUp();
  extension.fetch = answering(200, {...told, ...part});
  await extension.render();
  await showing(words);
});

test('number and return link are copied', async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal('navigator', {clipboard: {writeText}});
  const link = `https://returns.example/?order=${number}`;
  using extension = setUp();
  extension.fetch = answering(200, {...told, return_link: link});
  await extension.render();
  await showing('Return link');

  fireEvent.click(button('Copy TikTok order number'));
  fireEvent.click(button('Copy Return link'));
  await waitFor(() => expect(all('s-button').map((b) => b.textContent)).toEqual(['Copied', 'Copied']));
  expect(writeText.mock.calls).toEqual([[number], [link]]);
  expect(all('s-link').map((a) => attribute(a, 'href'))).toEqual([link, 'app:/']);
});

test.each<[string, unknown]>([
  ['no clipboard', {}],
  ['a clipboard that refuses', {clipboard: {writeText: () => Promise.reject(new DOMException('denied'))}}],
])('with %s the value can be copied by hand', async (_, navigator) => {
  vi.stubGlobal('navigator', navigator);
  using extension = setUp();
  extension.fetch = answering(200, told);
  await extension.render();
  await showing(number);
  fireEvent.click(button('Copy TikTok order number'));
  await showing('Select and copy');
  const field = all('s-text-field')[0]!;
  expect(attribute(field, 'value')).toBe(number);
  expect((field as unknown as {readOnly?: boolean}).readOnly ?? field.hasAttribute('readonly')).toBe(true);
});

test('what the back end says is text and never markup', async () => {
  const hostile = '<img src=x onerror="alert(1)"><s-link href="https://evil.example">here</s-link>';
  const block: Block = {
    ...told, loop: {found: false, message: hostile}, exceptions: [{id: 'e', code: 'x', message: hostile, fix: hostile}],
    legs: {...told.legs, refunds: {state: hostile, reason: hostile}},
  };
  using extension = setUp(hostile);
  extension.fetch = answering(200, block);
  await extension.render();
  await showing('In Shopify');
  expect(all('img')).toHaveLength(0);
  expect(all('s-link').map((a) => attribute(a, 'href'))).toEqual(['app:/']);
});
