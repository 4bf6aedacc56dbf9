"""Eight runs of DDPM, with fresh noise and without."""

from eight_sevens import frames, without_fresh_noise

from app.diffusion.plan import make_plan


def spreads(pictures):
    """Over the dots of a picture, and over the pictures at a dot."""
    dots = pictures.std(dim=(1, 2)).mean()
    return f"{dots:.2f}  {pictures.std(dim=0).mean():8.2f}"


plan = make_plan(sampler="ddpm", steps=50)
fresh, none = frames(plan), frames(without_fresh_noise(plan))

print("            with fresh noise          without")
print("step  sigma  dots  pictures    dots  pictures")
for step in (0, 1, 6, 10, 20, 30, 40, 50):
    point = plan.points[step]
    sigma = point.noise_scale / point.signal_scale
    with_it, without = spreads(fresh[step]), spreads(none[step])
    print(f"{step:4} {sigma:6.1f}  {with_it}    {without}")
