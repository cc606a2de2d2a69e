import sys; sys.path.insert(0,'/tmp/lg')
import verbcost, time
import pytest
@pytest.mark.django_db(transaction=True)
def test_zz():
    from tests.ledger import test_money_machine as t
    s=time.perf_counter(); c=time.process_time()
    f=t.test_money_in_any_order_adds_up_after_every_step_and_on_every_past_day
    f(0)
    print("TOTAL",time.perf_counter()-s,time.process_time()-c)
    for k,(n,x) in sorted(verbcost.cost.items(), key=lambda p:-p[1][1]): print(f"COST {k:34} n={n:5} total={x:7.2f} each={x/n*1000:7.2f} ms")
