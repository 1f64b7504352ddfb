# expect: accepted
import asyncio


async def work(n):
    await asyncio.sleep(0.001)
    return n * n


def square(n):
    return asyncio.run(work(n))
