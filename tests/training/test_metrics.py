from __future__ import annotations

import math

import pytest
import torch

from app.training.metrics import Moments, coverage, frechet, frechet_distance, moments, nearest, wilson


def gaussian(count: int, features: int = 8, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, features, generator=torch.Generator().manual_seed(seed))


def test_frechet_distance_of_gaussians_with_commuting_covariances_is_the_closed_form() -> None:
    a = Moments(torch.tensor([1.0, 2.0]).double(), torch.diag(torch.tensor([4.0, 9.0]).double()))
    b = Moments(torch.tensor([4.0, -2.0]).double(), torch.diag(torch.tensor([1.0, 25.0]).double()))
    # |difference of means|^2 + sum of (root of variance - root of variance)^2
    assert frechet_distance(a, b) == pytest.approx(9 + 16 + (2 - 1) ** 2 + (3 - 5) ** 2, rel=1e-12)


def test_frechet_distance_of_covariances_that_do_not_commute_is_the_closed_form_in_two_dimensions() -> None:
    a = torch.tensor([[2.0, 1.0], [1.0, 3.0]]).double()
    b = torch.tensor([[4.0, -1.0], [-1.0, 1.0]]).double()
    zero = torch.zeros(2).double()
    # in two dimensions tr sqrt(M) = sqrt(tr M + 2 sqrt(det M))
    shared = math.sqrt(float((a @ b).trace()) + 2 * math.sqrt(float(a.det() * b.det())))
    expected = float(a.trace() + b.trace()) - 2 * shared
    assert frechet_distance(Moments(zero, a), Moments(zero, b)) == pytest.approx(expected, rel=1e-12)


def test_frechet_distance_is_the_same_both_ways_and_under_rotation() -> None:
    a, b = gaussian(500) * torch.arange(1, 9), gaussian(500, seed=1) @ gaussian(8, seed=2)
    turn = torch.linalg.qr(gaussian(8, seed=3).double())[0]
    forth = frechet(a, b)
    assert frechet(b, a) == pytest.approx(forth, rel=1e-9)
    assert frechet(a.double() @ turn, b.double() @ turn) == pytest.approx(forth, rel=1e-9)


def test_frechet_of_a_set_with_itself_is_zero_even_where_features_never_vary() -> None:
    features = gaussian(300)
    features[:, 3] = 7.0
    features[:, 4] = features[:, 5]
    assert frechet(features, features) == pytest.approx(0.0, abs=1e-9)


def test_frechet_of_two_samples_of_one_gaussian_falls_as_one_over_their_number() -> None:
    few, many = (
        sum(frechet(gaussian(n, seed=2 * k), gaussian(n, seed=2 * k + 1)) for k in range(5))
        for n in (200, 2_000)
    )
    assert few / many == pytest.approx(10, rel=0.3)


def test_moments_are_the_mean_and_the_unbiased_covariance() -> None:
    features = gaussian(50)
    fitted = moments(features)
    torch.testing.assert_close(fitted.mean, features.double().mean(dim=0))
    torch.testing.assert_close(fitted.covariance, features.double().T.cov())


def test_coverage_is_all_for_the_manifold_s_own_points_and_nothing_far_away() -> None:
    real = gaussian(200, 2)
    assert coverage(real, real) == 1.0
    assert coverage(real + 100.0, real) == 0.0


def test_coverage_reaches_to_the_kth_neighbour_and_no_further() -> None:
    manifold = torch.tensor([[0.0], [1.0], [3.0], [6.0]])  # reach for k = 3: 6, 5, 3, 6
    for k, reach in ((1, 1.0), (2, 3.0), (3, 6.0)):
        assert coverage(torch.tensor([[-reach + 0.01]]), manifold, neighbours=k) == 1.0
        assert coverage(torch.tensor([[-reach - 0.01]]), manifold, neighbours=k) == 0.0


def test_a_model_that_draws_half_of_the_data_has_full_precision_and_half_the_recall() -> None:
    left, right = gaussian(400, 2), gaussian(400, 2, seed=1) + 50.0
    real, generated = torch.cat([left, right]), gaussian(800, 2, seed=2)
    assert coverage(generated, real) > 0.95
    assert 0.4 < coverage(real, generated) <= 0.5


def test_nearest_finds_the_point_that_a_search_of_all_pairs_finds_across_chunks() -> None:
    points, among = gaussian(1_203, 5), gaussian(300, 5, seed=1)
    distance, index = torch.cdist(points, among).min(dim=1)
    found = nearest(points, among)
    assert torch.equal(found.index, index)
    torch.testing.assert_close(found.distance, distance)


def test_the_nearest_of_a_copy_is_at_distance_zero() -> None:
    among = gaussian(100, 784)
    assert torch.equal(nearest(among[7:9], among).distance, torch.zeros(2))


def test_wilson_s_interval_is_the_set_of_rates_that_a_score_test_keeps() -> None:
    for hits, count in ((0, 20), (3, 30), (97, 100), (50, 50)):
        for bound in wilson(hits, count):
            apart = abs(hits / count - bound)
            assert apart == pytest.approx(1.96 * math.sqrt(bound * (1 - bound) / count), abs=1e-9)


def test_wilson_s_interval_stays_within_shares_and_narrows_with_the_count() -> None:
    assert wilson(0, 10)[0] == 0.0 and wilson(10, 10)[1] == 1.0
    few, many = wilson(9, 10), wilson(900, 1_000)
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
