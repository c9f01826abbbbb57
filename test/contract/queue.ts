import { afterEach, describe, expect, it } from "vitest";
import type { Queue, QueueConsumer } from "../../shared/ports/queue.ts";

export interface OpenQueue {
  readonly queue: Queue;
  readonly consumer: QueueConsumer;
  /** Lets time pass. */
  readonly pass: (seconds: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every queue must do. Order is promised by none. */
export const testQueue = (name: string, open: () => Promise<OpenQueue>): void => {
  describe(name, () => {
    let opened: OpenQueue | undefined;
    const fresh = async () => {
      opened = await open();
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });

    it("hands out each message until it is deleted, and never after", async () => {
      const { queue, consumer, pass } = await fresh();
      await queue.send(["one", "two", "three"]);
      const got = await consumer.receive(10, 30);
      expect(got.map(({ body }) => body).sort()).toEqual(["one", "three", "two"]);
      expect(got.every(({ receives }) => receives === 1)).toBe(true);
      await consumer.delete(got.map(({ id }) => id));
      await pass(60);
      expect(await consumer.receive(10, 30)).toEqual([]);
      expect(await consumer.depth()).toEqual({ waiting: 0, inFlight: 0, dead: 0 });
    });

    it("hides what it handed out, and shows it again when nobody deleted it", async () => {
      const { queue, consumer, pass } = await fresh();
      await queue.send(["one"]);
      await consumer.receive(10, 30);
      expect(await consumer.receive(10, 30)).toEqual([]);
      await pass(31);
      expect(await consumer.receive(10, 30)).toMatchObject([{ body: "one", receives: 2 }]);
    });

    it("keeps a delayed message back", async () => {
      const { queue, consumer, pass } = await fresh();
      await queue.send(["later"], 10);
      expect(await consumer.receive(10, 30)).toEqual([]);
      await pass(11);
      expect(await consumer.receive(10, 30)).toMatchObject([{ body: "later" }]);
    });

    it("F14 gives a message that keeps failing to the dead letters, and goes on with the others", async () => {
      const { queue, consumer, pass } = await fresh();
      await queue.send(["poison"]);
      for (let attempt = 0; attempt < 50 && (await consumer.depth()).dead === 0; attempt++) {
        const got = await consumer.receive(10, 30);
        await consumer.release(
          got.map(({ id }) => id),
          0,
        );
        await pass(1);
      }
      await queue.send(["good"]);
      expect((await consumer.receive(10, 30)).map(({ body }) => body)).toEqual(["good"]);
      expect((await consumer.depth()).dead).toBe(1);
    });

    it("carries any JSON, also characters that no queue may hold", async () => {
      const { queue, consumer } = await fresh();
      const plain = JSON.stringify({ text: "ü \" ' \\ \n \u0001", big: "x".repeat(200_000) });
      await queue.send([plain]);
      expect((await consumer.receive(1, 30))[0]?.body).toBe(plain);
      const odd = '{"text":"\u{1F600} \uffff \ufffe \u007f \\u0001 \\ud800"}';
      await queue.send([odd]);
      expect(JSON.parse((await consumer.receive(1, 30))[0]?.body ?? "")).toEqual(JSON.parse(odd));
    });

    it("F07 refuses a message over 256 KB, and sends none of those beside it", async () => {
      const { queue, consumer } = await fresh();
      const sized = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
      await expect(queue.send(['"small"', sized(256 * 1024 + 1)])).rejects.toMatchObject({
        code: "message_too_large",
        retry: "never",
      });
      expect(await consumer.receive(10, 30)).toEqual([]);
      await queue.send([sized(256 * 1024)]);
      expect((await consumer.receive(10, 30))[0]?.body).toHaveLength(256 * 1024);
    });

    it("takes more than any vendor's batch, in number and in size, and loses none", async () => {
      const { queue, consumer } = await fresh();
      const bodies = Array.from({ length: 23 }, (_, at) => JSON.stringify({ at, text: "x".repeat(at * 4_000) }));
      await queue.send(bodies);
      const got: string[] = [];
      for (
        let messages = await consumer.receive(10, 30);
        messages.length > 0;
        messages = await consumer.receive(10, 30)
      )
        got.push(...messages.map(({ body }) => body));
      expect(got.sort()).toEqual(bodies.sort());
    });

    it("takes nothing and hands out nothing when there is nothing", async () => {
      const { queue, consumer } = await fresh();
      await queue.send([]);
      expect(await consumer.receive(10, 30)).toEqual([]);
    });
  });
};
