from __future__ import annotations

import pytest
import torch

from app.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(24, 24), (24, 200), (90, 24)])
def test_singular_values_come_near_one_and_singular_vectors_stay(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    matrix[0] *= 5.0
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    (result,) = orthogonal([matrix])
    turned = left.T @ result @ right.T
    assert float(values.max() / values.min()) > 2
    assert float(turned.diagonal().min()) > 0.6 and float(turned.diagonal().max()) < 1.25
    assert float((turned - turned.diagonal().diag()).abs().max()) < 1e-3


def test_each_of_many_matrices_equals_the_iteration_written_out() -> None:
    generator = torch.Generator().manual_seed(1)
    shapes = [(10, 30), (30, 10), (10, 10), (4, 30), (10, 12), (1, 5)]
    matrices = [torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes]
    matrices[2] *= 1e-4
    for matrix, found in zip(matrices, orthogonal(matrices), strict=True):
        expected = matrix / (matrix.norm() + 1e-7)
        for _ in range(5):
            square = expected @ expected.T
            expected = 3.4445 * expected + (-4.7750 * square + 2.0315 * square @ square) @ expected
        assert found.shape == matrix.shape
        assert torch.allclose(found, expected, rtol=0, atol=1e-10)


def test_a_kernel_moves_the_same_way_whatever_is_beside_it_and_however_it_lies_in_memory() -> None:
    def moved(*kernels: torch.nn.Parameter) -> torch.Tensor:
        optimiser = Muon(kernels, lr=0.1)
        for seed in range(3):
            for kernel in kernels:
                gradient = torch.randn(kernel.shape, generator=torch.Generator().manual_seed(seed))
                kernel.grad = torch.empty_like(kernel).copy_(gradient)
            optimiser.step()
        return kernels[0].detach()

    def kernel(shape: tuple[int, ...], order: torch.memory_format) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.zeros(shape).contiguous(memory_format=order))

    plain, channels_last = torch.contiguous_format, torch.channels_last
    alone = moved(kernel((8, 6, 3, 3), plain))
    others = [kernel(shape, channels_last) for shape in ((8, 16, 1, 1), (24, 8, 1, 1), (5, 4, 3, 3))]
    beside = moved(kernel((8, 6, 3, 3), channels_last), *others)
    assert float(alone.norm()) > 0.1
    assert torch.allclose(alone, beside, rtol=0, atol=1e-5)


def test_a_gradient_of_zero_moves_nothing_and_stays_finite() -> None:
    kernel = torch.nn.Parameter(torch.ones(8, 4, 3, 3))
    kernel.grad = torch.zeros_like(kernel)
    Muon([kernel], lr=0.1).step()
    assert torch.equal(kernel.detach(), torch.ones(8, 4, 3, 3))


def test_the_size_of_a_step_is_the_rate_whatever_the_size_of_the_gradient() -> None:
    steps = []
    for scale in (1e-3, 1e3):
        kernel = torch.nn.Parameter(torch.zeros(16, 16, 3, 3))
        kernel.grad = scale * torch.randn(16, 16, 3, 3, generator=torch.Generator().manual_seed(2))
        Muon([kernel], lr=0.02).step()
        steps.append(kernel.detach().flatten(1))
    assert torch.allclose(steps[0], steps[1], atol=1e-4)
    assert 0.01 < float(torch.linalg.matrix_norm(steps[0], 2)) < 0.025


def test_it_brings_a_badly_scaled_error_down_along_every_direction() -> None:
    target = torch.diag(torch.logspace(0, -2, 6))
    kernel = torch.nn.Parameter(torch.zeros(6, 6))
    optimiser = Muon([kernel], lr=0.01)
    for _ in range(300):
        optimiser.zero_grad()
        ((kernel - target) ** 2).sum().backward()
        optimiser.step()
    assert float((kernel.detach() - target).abs().max()) < 0.02
