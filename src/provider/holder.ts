import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The Provider in force. It is replaced whole when keys or settings change; requests in flight end on the old one. */
export interface ProviderHolder {
  current(): Provider;
  /** Answers one request of the protocol. */
  answer: Answer;
  replace(provider: Provider): void;
}

export function createHolder(first: Provider): ProviderHolder {
  let provider = first;
  let answer = first.callback() as Answer;
  return {
    current: () => provider,
    answer: (request, response) => answer(request, response),
    replace(next) {
      provider = next;
      answer = next.callback() as Answer;
    },
  };
}
