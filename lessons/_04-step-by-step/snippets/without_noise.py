"""Eight runs of DDPM with fresh noise and without: how far do the dots spread, and how far the pictures?"""

from eight_sevens import frames, without_fresh_noise

from app.diffusion.plan import make_plan

plan = make_plan(sampler="ddpm", steps=50)
fresh, none = frames(plan), frames(without_fresh_noise(plan))


def dots(pictures):
    """Standard deviation over the dots of a picture, averaged over the eight."""
    return pictures.std(dim=(1, 2)).mean()


def alike(pictures):
    """Standard deviation over the eight pictures, averaged over the dots."""
    return pictures.std(dim=0).mean()


print("             with fresh noise       without")
print("step  sigma   dots  pictures     dots  pictures")
for step in (0, 1, 6, 10, 20, 30, 40, 50):
    sigma = plan.points[step].noise_scale / plan.points[step].signal_scale
    a, b = fresh[step], none[step]
    print(f"{step:4} {sigma:6.1f}   {dots(a):.2f}    {alike(a):.2f}       {dots(b):.2f}    {alike(b):.2f}")
