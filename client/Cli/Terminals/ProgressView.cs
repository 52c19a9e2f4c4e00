using System.Globalization;
using Spectre.Console;

namespace Darkroom.Cli.Terminals;

/// <summary>Shows how far a piece of work is.</summary>
internal interface IProgressView
{
    /// <summary>Shows where the work stands.</summary>
    /// <param name="fraction">How much is done, 0..1.</param>
    /// <param name="activity">What is being done, in a few words.</param>
    void Show(double fraction, string activity);
}

/// <summary>A bar on a terminal, plain lines elsewhere.</summary>
internal static class ProgressView
{
    /// <summary>Runs a piece of work under a progress display.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="work">The work; reports to the view.</param>
    public static Task<T> RunAsync<T>(Terminal terminal, Func<IProgressView, Task<T>> work) =>
        terminal.IsErrorInteractive ? RunBarAsync(terminal, work) : work(new LineView(terminal.Error));

    private static Task<T> RunBarAsync<T>(Terminal terminal, Func<IProgressView, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new BarView(context.AddTask("starting", maxValue: 1))));
    }

    private sealed class BarView(ProgressTask task) : IProgressView
    {
        public void Show(double fraction, string activity)
        {
            task.Description = activity.EscapeMarkup();
            task.Value = fraction;
        }
    }

    /// <summary>A line when the activity changes, and at every tenth of the work.</summary>
    private sealed class LineView(TextWriter writer) : IProgressView
    {
        private string lastActivity = string.Empty;
        private int lastTenth = -1;

        public void Show(double fraction, string activity)
        {
            var tenth = (int)(Math.Clamp(fraction, 0, 1) * 10);
            if (tenth == lastTenth && activity == lastActivity)
                return;
            if (tenth == lastTenth && SameKind(activity, lastActivity))
                return;
            (lastTenth, lastActivity) = (tenth, activity);
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fraction,4:P0}  {activity}"));
        }

        // 'restoring, tile 3 of 40' and 'restoring, tile 4 of 40' are one activity.
        private static bool SameKind(string a, string b) => a.Split(',')[0] == b.Split(',')[0];
    }
}
