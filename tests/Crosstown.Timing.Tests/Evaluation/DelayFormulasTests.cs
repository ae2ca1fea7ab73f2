using Crosstown.Timing.Evaluation;

namespace Crosstown.Timing.Tests.Evaluation;

/// <summary>Worked examples of Webster, the HCM, Akçelik and TRANSYT.</summary>
public sealed class DelayFormulasTests
{
    [Fact]
    public void Webster_gives_a_cycle_of_76_3_s_for_16_s_lost_and_flow_ratios_of_0_62() => Assert.Equal(76.3, DelayFormulas.WebsterCycleS(16, 0.62), 0.02);

    [Theory]
    [InlineData(1120, 0.800, 24.395, 4.878)]
    [InlineData(1500, 1.0714, 27.500, 45.706)]
    public void The_HCM_example_of_35_s_green_in_90_s_gives_its_uniform_and_incremental_delay(double volume, double saturation, double uniform, double incremental)
    {
        const double Capacity = 3600 * 35 / 90.0;
        var x = volume / Capacity;
        Assert.Equal(saturation, x, 0.0001);
        Assert.Equal(uniform, DelayFormulas.UniformDelayS(90, 35 / 90.0, x), 0.001);
        Assert.Equal(incremental, DelayFormulas.IncrementalDelayS(x, Capacity, 0.25), 0.001);
    }

    [Theory]
    [InlineData(2, 0.040)]
    [InlineData(3, 0.108)]
    [InlineData(4, 0.154)]
    [InlineData(5, 0.231)]
    public void The_least_k_of_an_actuated_phase_follows_its_passage_time(double passage, double k) => Assert.Equal(k, DelayFormulas.LeastActuatedFactor(passage), 0.001);

    [Fact]
    public void K_of_an_actuated_phase_grows_to_that_of_fixed_time_at_capacity()
    {
        Assert.Equal(0.5, DelayFormulas.ActuatedFactor(1, 3), 1e-9);
        Assert.Equal(0.108, DelayFormulas.ActuatedFactor(0.5, 3), 0.001);
        Assert.Equal(DelayFormulas.LeastActuatedFactor(3), DelayFormulas.ActuatedFactor(0.2, 3));
    }

    [Theory]
    [InlineData(0.6, 0.769)]
    [InlineData(0.8, 0.500)]
    [InlineData(0.9, 0.314)]
    public void A_fuller_signal_upstream_leaves_less_randomness(double saturation, double factor) => Assert.Equal(factor, DelayFormulas.UpstreamFactor(saturation), 0.001);

    [Theory]
    [InlineData(1120, 0.529, 25.76)]
    [InlineData(1330, 4.419, 38.01)]
    public void Akcelik_s_example_gives_its_overflow_queue_and_delay(double volume, double queue, double delay)
    {
        const double Capacity = 35 / 90.0;
        Assert.Equal(queue, DelayFormulas.AkcelikOverflowVeh(volume / 1400, Capacity, 900, 35), 0.001);
        Assert.Equal(delay, DelayFormulas.AkcelikDelayS(90, 35, 1, volume / 3600, 900), 0.01);
    }

    [Fact]
    public void Akcelik_s_queue_above_capacity_is_17_61() => Assert.Equal(17.61, DelayFormulas.AkcelikOverflowVeh(1500 / 1400.0, 35 / 90.0, 900, 35), 0.01);

    [Theory]
    [InlineData(1120, 1.972)]
    [InlineData(1500, 56.62)]
    public void Transyt_s_term_gives_its_worked_values(double volume, double vehicles) => Assert.Equal(vehicles, DelayFormulas.TransytOverflowVeh(volume, 1400, 1), 0.005);

    [Fact]
    public void Flat_arrivals_clear_reach_and_stop_as_worked_by_hand()
    {
        const double Volume = 1120 / 3600.0;
        Assert.Equal(24.84, DelayFormulas.QueueClearanceS(90, 35, 1, Volume), 0.005);
        Assert.Equal(24.84, DelayFormulas.QueueReachVeh(90, 35, 1, Volume), 0.005);
        Assert.Equal(0.887, DelayFormulas.StoppedShare(90, 35, 1, Volume), 0.0005);
    }

    [Fact]
    public void Webster_s_delay_stays_close_to_the_HCM_below_capacity_and_has_no_value_at_it()
    {
        // By hand: 24.395 + 0.64 / (2 · 0.3111 · 0.2) - 0.65 · (90 / 0.09679)^(1/3) · 0.8^3.944
        Assert.Equal(24.395 + 5.143 - 2.632, DelayFormulas.WebsterDelayS(90, 35 / 90.0, 1120, 0.8)!.Value, 0.01);
        Assert.Null(DelayFormulas.WebsterDelayS(90, 35 / 90.0, 1400, 1));
    }

    [Fact]
    public void A_queue_at_the_start_that_clears_within_the_period_delays_by_the_triangle_it_forms()
    {
        // 20 vehicles, 280 veh/h to spare: gone after 257 s; the triangle 20 · 257 / 2 over the 350 vehicles that the period can pass.
        Assert.Equal(20 * (20 / 280.0) * 3600 / 2 / (1400 * 0.25), DelayFormulas.InitialQueueDelayS(20, 0.8, 1400, 0.25), 0.001);
        Assert.Equal(0, DelayFormulas.InitialQueueDelayS(0, 0.8, 1400, 0.25));
    }

    [Fact]
    public void No_cycle_serves_flow_ratios_of_one_or_more() => Assert.Throws<ArgumentOutOfRangeException>(() => DelayFormulas.WebsterCycleS(16, 1));
}
