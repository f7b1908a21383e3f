# The seed design, in Elixir: a session is registered in ETS, with the checks of limit, id and path, and is then a
# supervisor of two GenServers under a DynamicSupervisor, all three found by a Registry. The path is looked for by going
# through the table; with `index`, for comparison, in a second table.
#
# Each line on standard input is a command, and is answered by one number: nanoseconds, or how many there are.

defmodule Manager do
  use GenServer

  def start_link(session), do: GenServer.start_link(__MODULE__, session, name: Names.of(:manager, session.id))
  def init(session), do: {:ok, %{session: session, state: :idle}}
  def handle_call(:count, _from, state), do: {:reply, :ets.info(:sessions, :size), state}
  def handle_cast(:next, state), do: {:noreply, %{state | state: next(state.state)}}

  defp next(:idle), do: :working
  defp next(:working), do: :paused
  defp next(:paused), do: :idle
end

defmodule State do
  use GenServer

  def start_link(session), do: GenServer.start_link(__MODULE__, session, name: Names.of(:state, session.id))
  def init(session), do: {:ok, %{session: session, messages: []}}
end

defmodule SessionSupervisor do
  use Supervisor, restart: :temporary

  def start_link(session), do: Supervisor.start_link(__MODULE__, session, name: Names.of(:session, session.id))

  def init(session) do
    Supervisor.init([{Manager, session}, {State, session}], strategy: :one_for_all)
  end
end

defmodule Names do
  def of(kind, id), do: {:via, Registry, {Names, {kind, id}}}

  def whereis(kind, id) do
    [{pid, _}] = Registry.lookup(Names, {kind, id})
    pid
  end
end

defmodule Session do
  defstruct [:id, :name, :project_path, :config, :created_at, :updated_at]

  def new(path) do
    now = System.system_time(:millisecond)
    %Session{id: uuid(), name: Path.basename(path), project_path: path, config: %{}, created_at: now, updated_at: now}
  end

  defp uuid do
    <<a::48, _::4, b::12, _::2, c::62>> = :crypto.strong_rand_bytes(16)
    <<x::binary-8, y::binary-4, z::binary-4, u::binary-4, v::binary-12>> =
      Base.encode16(<<a::48, 4::4, b::12, 2::2, c::62>>, case: :lower)

    x <> "-" <> y <> "-" <> z <> "-" <> u <> "-" <> v
  end
end

defmodule Sessions do
  # No limit is ever reached here, but each start looks.
  @max 10_000_000

  def open do
    :ets.new(:sessions, [:set, :public, :named_table, read_concurrency: true])
    :ets.new(:paths, [:set, :public, :named_table, read_concurrency: true])
  end

  def register(session, check) do
    cond do
      :ets.info(:sessions, :size) >= @max -> {:error, :session_limit_reached}
      :ets.member(:sessions, session.id) -> {:error, :session_exists}
      taken?(session.project_path, check) -> {:error, :project_already_open}
      true -> insert(session, check)
    end
  end

  def insert(session, check) do
    :ets.insert(:sessions, {session.id, session})
    if check == :index, do: :ets.insert(:paths, {session.project_path, session.id})
    {:ok, session}
  end

  def unregister(session) do
    :ets.delete(:sessions, session.id)
    :ets.delete(:paths, session.project_path)
  end

  def start(path, check) do
    {:ok, session} = register(Session.new(path), check)
    run(session)
  end

  def run(session) do
    {:ok, _} = DynamicSupervisor.start_child(Crowd, {SessionSupervisor, session})
    session
  end

  def stop(session) do
    :ok = DynamicSupervisor.terminate_child(Crowd, Names.whereis(:session, session.id))
    unregister(session)
  end

  defp taken?(path, :index), do: :ets.member(:paths, path)

  defp taken?(path, :scan) do
    :ets.select(:sessions, [{{:_, %{project_path: path}}, [], [true]}], 1) != :"$end_of_table"
  end
end

defmodule Commands do
  def loop(made) do
    case IO.gets("") do
      :eof -> :ok
      line -> line |> String.split() |> run(made) |> loop()
    end
  end

  # `made` is a list of the sessions, the last one first.
  defp run(["fill", count], made) do
    made = for(path <- paths(count), do: fill(path)) ++ made
    answer(length(made), made)
  end

  defp run(["start", count, check], made) do
    check = String.to_atom(check)
    paths = paths(count)
    {time, started} = timed(fn -> Enum.map(paths, &Sessions.start(&1, check)) end)
    answer(time, Enum.reverse(started, made))
  end

  defp run(["stop", count], made) do
    {stopped, rest} = Enum.split(made, String.to_integer(count))
    {time, _} = timed(fn -> Enum.each(stopped, &Sessions.stop/1) end)
    answer(time, rest)
  end

  # Only registered: nothing is started for them.
  defp run(["register", count, check], made) do
    check = String.to_atom(check)
    sessions = Enum.map(paths(count), &Session.new/1)
    {time, _} = timed(fn -> Enum.each(sessions, fn session -> {:ok, _} = Sessions.register(session, check) end) end)
    answer(time, Enum.reverse(sessions, made))
  end

  defp run(["unregister", count], made) do
    {gone, rest} = Enum.split(made, String.to_integer(count))
    {time, _} = timed(fn -> Enum.each(gone, &Sessions.unregister/1) end)
    answer(time, rest)
  end

  defp run(["send", count], made) do
    pid = Names.whereis(:manager, hd(made).id)
    count = String.to_integer(count)

    {time, _} =
      timed(fn ->
        for _ <- 1..count, do: GenServer.cast(pid, :next)
        # It has seen all of them when it answers.
        GenServer.call(pid, :count)
      end)

    answer(time, made)
  end

  defp run(["call", count], made) do
    pid = Names.whereis(:manager, hd(made).id)
    total = length(made)
    {time, _} = timed(fn -> for _ <- 1..String.to_integer(count), do: ^total = GenServer.call(pid, :count) end)
    answer(time, made)
  end

  defp run(["count"], made) do
    %{active: running} = DynamicSupervisor.count_children(Crowd)
    registered = :ets.info(:sessions, :size)
    # Those that were only registered do not run.
    if registered != length(made) or (running != 0 and running != registered), do: raise("some are lost")
    answer(registered, made)
  end

  defp fill(path) do
    {:ok, session} = Sessions.insert(Session.new(path), :index)
    Sessions.run(session)
  end

  defp paths(count) do
    for _ <- 1..String.to_integer(count), do: "/home/user/project-#{System.unique_integer([:positive])}"
  end

  defp timed(work) do
    begun = System.monotonic_time()
    result = work.()
    {System.convert_time_unit(System.monotonic_time() - begun, :native, :nanosecond), result}
  end

  defp answer(number, made) do
    IO.puts(number)
    made
  end
end

{:ok, _} = Registry.start_link(keys: :unique, name: Names)
{:ok, _} = DynamicSupervisor.start_link(strategy: :one_for_one, name: Crowd)
Sessions.open()
Commands.loop([])
