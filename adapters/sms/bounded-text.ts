/** @returns undefined when it is longer, or breaks off */
export async function boundedText(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > most) return undefined;
      chunks.push(chunk);
    }
  } catch {
    // The status has come, and says what counts.
    return undefined;
  }
  return Buffer.concat(chunks).toString();
}
