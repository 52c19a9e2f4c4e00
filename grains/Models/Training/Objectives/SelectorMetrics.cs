namespace Darkroom.Models.Training.Objectives;

/// <summary>How well a selector finds the tasks that sentences ask for.</summary>
/// <remarks>
/// Liu et al. 2024, arXiv:2403.00644, section 4 and eq. (7); the multi-label measures as ML-GCN (Chen et al. 2019, arXiv:1904.03582)
/// has them: a task counts as found when its score is above θ, and a task that is never found has a precision of 0.
/// </remarks>
public sealed class SelectorMetrics
{
    private SelectorMetrics(IReadOnlyList<bool> isRight, IReadOnlyList<double> averagePrecisions, double classPrecision, double classRecall, double overallPrecision, double overallRecall)
    {
        (IsRight, AveragePrecisions) = (isRight, averagePrecisions);
        (ClassPrecision, ClassRecall, OverallPrecision, OverallRecall) = (classPrecision, classRecall, overallPrecision, overallRecall);
    }

    /// <summary>Gets whether each sentence was taken wholly right: all its tasks above θ, no other one.</summary>
    public IReadOnlyList<bool> IsRight { get; }

    /// <summary>Gets the average precision of each task.</summary>
    public IReadOnlyList<double> AveragePrecisions { get; }

    /// <summary>Gets ZTA: the share of sentences that were taken wholly right.</summary>
    public double ZeroToleranceAccuracy => IsRight.Count(right => right) / (double)IsRight.Count;

    /// <summary>Gets mAP.</summary>
    public double MeanAveragePrecision => AveragePrecisions.Average();

    /// <summary>Gets CP: precision, the mean over tasks.</summary>
    public double ClassPrecision { get; }

    /// <summary>Gets CR: recall, the mean over tasks.</summary>
    public double ClassRecall { get; }

    /// <summary>Gets CF1.</summary>
    public double ClassF1 => F1(ClassPrecision, ClassRecall);

    /// <summary>Gets OP: precision over all.</summary>
    public double OverallPrecision { get; }

    /// <summary>Gets OR: recall over all.</summary>
    public double OverallRecall { get; }

    /// <summary>Gets OF1.</summary>
    public double OverallF1 => F1(OverallPrecision, OverallRecall);

    /// <summary>Measures.</summary>
    /// <param name="scores">Score of each sentence and task, [sentences, tasks].</param>
    /// <param name="labels">Whether the sentence asks for the task, [sentences, tasks].</param>
    /// <param name="threshold">θ.</param>
    /// <exception cref="ArgumentException">There is nothing, or the sizes differ.</exception>
    public static SelectorMetrics Measure(float[,] scores, bool[,] labels, double threshold = 0)
    {
        var (sentences, tasks) = (scores.GetLength(0), scores.GetLength(1));
        if (sentences == 0 || tasks == 0 || labels.GetLength(0) != sentences || labels.GetLength(1) != tasks)
            throw new ArgumentException($"There are scores of {sentences} x {tasks} and labels of {labels.GetLength(0)} x {labels.GetLength(1)}; both must be of one size, not empty.");
        var all = Enumerable.Range(0, sentences).ToList();
        var perTask = Enumerable.Range(0, tasks).Select(task => (
            Found: all.Count(i => scores[i, task] > threshold),
            True: all.Count(i => labels[i, task]),
            Both: all.Count(i => labels[i, task] && scores[i, task] > threshold))).ToList();
        return new SelectorMetrics(
            [.. all.Select(i => Enumerable.Range(0, tasks).All(task => labels[i, task] == (scores[i, task] > threshold)))],
            [.. Enumerable.Range(0, tasks).Select(task => AveragePrecision(all.ConvertAll(i => (scores[i, task], labels[i, task]))))],
            perTask.Average(count => Share(count.Both, count.Found)),
            perTask.Average(count => Share(count.Both, count.True)),
            Share(perTask.Sum(count => count.Both), perTask.Sum(count => count.Found)),
            Share(perTask.Sum(count => count.Both), perTask.Sum(count => count.True)));
    }

    // The mean, over the sentences that ask for the task, of the precision among those that score at least as high.
    private static double AveragePrecision(IReadOnlyList<(float Score, bool IsTrue)> sentences)
    {
        var (seen, right, sum) = (0, 0, 0.0);
        foreach (var (_, isTrue) in sentences.OrderByDescending(sentence => sentence.Score))
        {
            seen++;
            if (isTrue)
                sum += ++right / (double)seen;
        }

        return right == 0 ? 0 : sum / right;
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;

    private static double F1(double precision, double recall) => precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
}
