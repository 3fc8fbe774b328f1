"""Run by torchrun from test_train.py: trains some steps, then compares the processes' weights."""

import sys

import torch
import torch.distributed as dist

from nacre.train import Run, parser

run = Run(parser().parse_args(sys.argv[1:]))
for _ in range(4):
    run.train_step()
mine = torch.cat([p.detach().flatten() for p in run.ema.parameters()])
gathered = [torch.empty_like(mine) for _ in range(run.world)]
dist.all_gather(gathered, mine)
assert run.world == 2 and torch.equal(gathered[0], gathered[1]), "the processes' weights differ"
run.save()
dist.barrier()
dist.destroy_process_group()
