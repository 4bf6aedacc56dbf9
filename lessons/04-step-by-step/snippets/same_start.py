"""The same eight noises at the start, with more and more fresh noise: do they still decide the picture?"""

from eight_sevens import frames

from app.diffusion.plan import make_plan


def apart(one, other):
    """Root mean square difference of two sets of pictures."""
    return (one - other).square().mean().sqrt()


plain = frames(make_plan(sampler="ddim", steps=50, eta=0.0))[-1]
print("eta   from the same start   from another start")
for eta in (0.1, 0.2, 0.5, 1.0):
    fresh = frames(make_plan(sampler="ddim", steps=50, eta=eta))[-1]
    others = sum(apart(fresh, plain.roll(shift, dims=0)) for shift in range(1, len(plain))) / (len(plain) - 1)
    print(f"{eta:.1f} {apart(fresh, plain):18.2f} {others:20.2f}")
