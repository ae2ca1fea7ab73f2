using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>What an engineer chooses of the comparison of a plan with today's.</summary>
internal sealed record ProofChoices
{
    private const int MostSeeds = 100;

    /// <summary>A word.</summary>
    public string Judges { get; init; } = "all";

    public int Seeds { get; init; } = 3;

    /// <exception cref="ProblemException">XT790: a word or number that cannot be used.</exception>
    public ProofJudges ToJudges()
    {
        ProofJudges? judges = Judges switch
        {
            "model" => ProofJudges.Model,
            "simulation" => ProofJudges.Model | ProofJudges.Simulation,
            "sumo" => ProofJudges.Model | ProofJudges.Sumo,
            "all" => ProofJudges.All,
            _ => null,
        };
        var problems = new List<Problem>();
        if (judges is null)
        {
            problems.Add(new Problem("XT790", "--proof", $"'{Judges}' is none of model, simulation, sumo, all."));
        }

        if (Seeds is < 1 or > MostSeeds)
        {
            problems.Add(new Problem("XT790", "--proof-seeds", $"{Seeds} is no number of runs: give 1 to {MostSeeds}."));
        }

        return problems.Count > 0 ? throw new ProblemException(problems) : judges!.Value;
    }
}
