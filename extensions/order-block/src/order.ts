// What the block knows of an order, and where from: Shopify's own record of the
// TikTok order number, and what Switchback answers.

/** One way of the order: into Shopify, the parcels, the money back. */
export interface Leg {
  state: string;
  reason?: string;
}

/** The answer of `GET /api/block`; its other side is app/routes/api_block.go. */
export interface Block {
  tiktok_order_id: string;
  legs: {order: Leg; shipments: Leg; refunds: Leg};
  findable: {by_zip: boolean; reason?: string};
  loop: {found: boolean; message: string} | null;
  exceptions: {id: string; code: string; message: string; fix: string}[];
  return_link: string | null;
  app_path: string;
}

/** What came of asking Switchback. */
export type Answer =
  | {kind: 'told'; block: Block}
  /** It has no such order in its ledger. */
  | {kind: 'unknown'}
  /** It does not take this shop's token: it was not opened since it was installed. */
  | {kind: 'refused'}
  /** It gave no answer that can be used. */
  | {kind: 'silent'};

/** How long Switchback may take to answer. */
export const patience = 10_000;

// No namespace: the definition is the app's own ($app), and only the app reads it.
const numberQuery = `query TikTokOrderID($id: ID!) {
  order(id: $id) {
    metafield(key: "tiktok_order_id") {
      value
    }
  }
}`;

interface NumberData {
  order: {metafield: {value: string} | null} | null;
}

/**
 * The order's number at TikTok Shop as Shopify has it, which needs no back end:
 * null for an order that is not TikTok's, undefined when Shopify did not say.
 */
export async function readNumber(order: string): Promise<string | null | undefined> {
  try {
    const {data, errors} = await shopify.query<NumberData>(numberQuery, {variables: {id: order}});
    if (errors?.length || !data?.order) return undefined;
    return data.order.metafield?.value || null;
  } catch {
    return undefined;
  }
}

/** Asks Switchback. Shopify completes the address and adds the session token. */
export async function ask(order: string): Promise<Answer> {
  try {
    const response = await within(patience, fetch(`/api/block?order=${encodeURIComponent(order)}`));
    if (response.status === 401) return {kind: 'refused'};
    if (response.status === 404) return {kind: 'unknown'};
    if (!response.ok) return {kind: 'silent'};
    return {kind: 'told', block: (await within(patience, response.json())) as Block};
  } catch {
    return {kind: 'silent'};
  }
}

/** Gives up on a promise after some milliseconds. */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too slow')), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
