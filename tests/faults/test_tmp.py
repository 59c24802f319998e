import asyncio, time
from contextlib import closing
from core.db import Database
from tests.faults.test_kill import *
async def test_x(nursery, region_url, tmp_path):
    world, order = prepared(region_url, "file"), an_order(region_url, tmp_path)
    life = Life(nursery, order)
    try:
        async with the_people(world, order) as people:
            t=time.time()
            c=people.citizen
            await c.say(PROBLEM); print('said',time.time()-t)
            try:
              await c.until_button("~yes."); print('yes',time.time()-t)
              await c.press_when("~yes."); print('said',time.time()-t)
              await c.press_when("~roads");print('roads',time.time()-t)
            finally:
              print(rows(region_url,"inbox","id","state","attempts","not_before","settled_at"))
              print(rows(region_url,"outbox","id","state","attempts","not_before","created_at","settled_at"))
              print(rows(region_url,"conversations","id","lease_owner","lease_until","pending_at"))
    finally:
        await life.kill()
