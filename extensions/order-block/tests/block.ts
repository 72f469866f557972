// What the tests of the block share: Shopify's tester, the real texts, and a back end that answers as told.

import {configure, waitFor} from '@testing-library/preact';
import {setUpExtension} from '@shopify/ui-extensions-tester';
import {vi} from 'vitest';

import texts from '../locales/en.default.json' with {type: 'json'};
import type {Block} from '../src/order.ts';

export const order = 'gid://shopify/Order/5';
export const number = '576461413038785752';

// A busy machine is no failure.
configure({asyncUtilTimeout: 10_000});

/** An order with which all is well. */
export const told: Block = {
  tiktok_order_id: number,
  legs: {order: {state: 'written'}, shipments: {state: 'done'}, refunds: {state: 'none'}},
  findable: {by_zip: true},
  loop: null,
  exceptions: [],
  return_link: null,
  app_path: '/',
};

/** Sets the block up on an order that has the number in Shopify, null for none. */
export function setUp(metafield: string | null = number) {
  const extension = setUpExtension('admin.order-details.block.render');
  const query = vi.fn(async () => ({data: {order: {metafield: metafield === null ? null : {value: metafield}}}}));
  Object.assign(extension.shopify, {data: {selected: [{id: order}]}, query});
  const i18n = extension.shopify.i18n;
  i18n.translate = function (this: unknown, key: string, replacements?: Record<string, string | number>) {
    // The admin's may be a method.
    if (this === undefined) throw new Error('translate was taken from its object');
    return translate(key, replacements);
  } as typeof i18n.translate;
  return Object.assign(extension, {query});
}

/** Has the back end answer every question with a status and a body. */
export function answering(status: number, body: unknown) {
  return vi.fn(async (..._: unknown[]) => new Response(typeof body === 'string' ? body : JSON.stringify(body), {status}));
}

/** Speaks as the admin does: keys with dots, replacements in braces, plural forms by count. */
function translate(key: string, replacements: Record<string, string | number> = {}): string {
  let found: unknown = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], texts);
  if (found && typeof found === 'object' && 'count' in replacements) {
    found = (found as Record<string, string>)[new Intl.PluralRules('en').select(Number(replacements.count))];
  }
  if (typeof found !== 'string') throw new Error(`no text for ${key}`);
  return found.replace(/{{(\w+)}}/g, (_, name: string) => {
    if (!(name in replacements)) throw new Error(`${key} wants ${name}`);
    return String(replacements[name]);
  });
}

/** Everything that the merchant reads: texts, and the attributes that the admin shows as such. */
export function shown(): string {
  const words: string[] = [];
  for (const element of document.body.querySelectorAll('*')) {
    for (const name of ['heading', 'label', 'value', 'accessibilityLabel', 'collapsedSummary']) {
      const text = attribute(element, name);
      if (text) words.push(text);
    }
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) words.push(child.textContent ?? '');
    }
  }
  return words.join('\n');
}

/** An attribute or property, as Preact set the one or the other. */
export function attribute(element: Element, name: string): string | undefined {
  const own = (element as unknown as Record<string, unknown>)[name];
  return element.getAttribute(name) ?? element.getAttribute(name.toLowerCase()) ?? (own === undefined ? undefined : String(own));
}

/** Waits until a text is shown. */
export async function showing(text: string): Promise<void> {
  await waitFor(() => {
    if (!shown().includes(text)) throw new Error(`${JSON.stringify(text)} is not shown in:\n${shown()}`);
  });
}

export function all(tag: string): Element[] {
  return [...document.body.querySelectorAll(tag)];
}

/** The button with that text or label. */
export function button(text: string): Element {
  const found = all('s-button').find((b) => b.textContent === text || attribute(b, 'accessibilityLabel') === text);
  if (!found) throw new Error(`no button ${JSON.stringify(text)} in:\n${shown()}`);
  return found;
}
