import ipaddr from 'ipaddr.js';

/** The unit by which an address is counted: IPv4 whole, IPv6 by its /64, since one subscriber holds that much. */
export function countedAddress(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/** Answers kept by a matcher, so that strangers do not fill the memory. */
const KNOWN_MAX = 1000;

/** Reads a list of addresses and CIDRs. @throws {Error} naming the item that is neither. */
export function addressMatcher(items: readonly string[]): (address: string | undefined) => boolean {
  const ranges = items.map((item) => {
    if (ipaddr.isValidCIDR(item)) return ipaddr.parseCIDR(item);
    if (!ipaddr.isValid(item)) throw new Error(`${item} is neither an address nor a CIDR`);
    const parsed = ipaddr.process(item);
    return [parsed, parsed.kind() === 'ipv4' ? 32 : 128] as [ipaddr.IPv4 | ipaddr.IPv6, number];
  });
  const matches = (address: string) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match([range, bits] as never));
  };
  // Nearly every request comes from the same few proxies.
  const known = new Map<string, boolean>();
  return (address) => {
    if (!address) return false;
    const found = known.get(address) ?? matches(address);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(address, found);
    return found;
  };
}

/**
 * What `coarsePlace` says, of the time when people were shown it: a prefix means nothing to them.
 */
export const isCoarse = (place: string): boolean =>
  place === 'loopback' || /^(?:\d{1,3}\.\d{1,3}\.x\.x|[0-9a-f]{1,4}:[0-9a-f]{1,4}::)$/.test(place);

/**
 * Where an address is, as coarsely as it can be said without asking anybody: enough for its owner to recognise a
 * hospital's or a provider's network, not enough to find a house.
 */
export function coarsePlace(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'loopback') return 'loopback';
  if (parsed.kind() === 'ipv4') return `${(parsed as ipaddr.IPv4).octets.slice(0, 2).join('.')}.x.x`;
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 2)
    .map((part) => part.toString(16))
    .join(':')}::`;
}
